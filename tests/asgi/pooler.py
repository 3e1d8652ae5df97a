"""A stand-in for a pooler in transaction mode: it hands everything on but notifications, and invents the server process's number."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

# Messages of PostgreSQL's protocol, by their first byte.
BACKEND_KEY_DATA, NOTIFICATION = b"K", b"A"
INVENTED = (1).to_bytes(4, "big")


class Pooler:
    """Listens in a folder of its own, as PostgreSQL does on a Unix socket, in a thread."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self._address, self._host, self._port = str(folder / f".s.PGSQL.{port}"), host, port
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.swallowed = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_ready.wait(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        async with await asyncio.start_unix_server(self._connected, self._address):
            self._is_ready.set()
            await self._end.wait()

    async def _connected(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if self._host.startswith("/"):
            server, to_server = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            server, to_server = await asyncio.open_connection(self._host, self._port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(client, to_server))
                group.create_task(self._filter(server, to_client))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for writer in (to_server, to_client):
                writer.close()

    async def _filter(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while True:
            head = await server.readexactly(5)
            body = await server.readexactly(int.from_bytes(head[1:], "big") - 4)
            if head[:1] == NOTIFICATION:
                self.swallowed += 1
                continue
            if head[:1] == BACKEND_KEY_DATA:
                body = INVENTED + body[4:]
            to_client.write(head + body)
            await to_client.drain()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(65_536):
        target.write(part)
        await target.drain()
    # The other direction has nobody to talk to any more.
    raise ConnectionResetError
