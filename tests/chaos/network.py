"""What lies between clients and web replicas: a load balancer that now and then loses an answer, and writes the journal."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.chaos import framing
from tests.chaos.framing import Message
from tests.chaos.journal import Exchange, Journal

Replicas = Callable[[], list[tuple[str, int]]]
_NOBODY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
TROUBLE = (OSError, asyncio.IncompleteReadError)


class Network:
    """Listens on 127.0.0.1, in a thread. A connection to a replica is opened for each request, so none outlives a crash."""

    def __init__(self, replicas: Replicas, journal: Journal) -> None:
        self._replicas, self._journal = replicas, journal
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._turn = itertools.count()
        self._losses: deque[tuple[str, str, threading.Event]] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="network")
        self._is_ready = threading.Event()
        self.under_way: dict[str, int] = {}

    def lose(self, kind: str, how: str) -> threading.Event:
        """The next answer to a request of this kind that was carried out is `swallowed`, or the next such request is `cut` off
        while the server works on it. The event is set when it has happened."""
        happened = threading.Event()
        self._losses.append((kind, how, happened))
        return happened

    def heal(self) -> None:
        self._losses.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_ready.wait(60)
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
        server = await asyncio.start_server(self._connected, sock=self._socket, limit=2**24)
        self._is_ready.set()
        await self._end.wait()
        # Those who are still connected are cut off with the loop.
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await framing.read(reader)) is not None:
                if not await self._pass_on(request, reader, writer):
                    break
        except TROUBLE:
            pass
        finally:
            writer.transport.abort()

    async def _pass_on(self, request: Message, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        found = await self._connect()
        if found is None:
            writer.write(_NOBODY)
            await writer.drain()
            return True
        replica, upstream, to_replica = found
        self.under_way[replica] = self.under_way.get(replica, 0) + 1
        entry = self._journal.add(request, replica)
        try:
            to_replica.write(request.raw)
            await to_replica.drain()
            if self._is_lost(entry, "cut"):
                entry.fate = "cut"
                return False
            answer = await _answer(upstream, reader)
        except TROUBLE:
            entry.fate = "server gone"
            return False
        finally:
            self.under_way[replica] -= 1
            to_replica.transport.abort()
        if answer is None:
            entry.fate = "server gone" if not reader.at_eof() else "client gone"
            return False
        self._journal.answered(entry, answer, request)
        if self._is_lost(entry, "swallowed"):
            entry.fate = "swallowed"
            return False
        entry.fate = "client gone"
        writer.write(answer.raw)
        await writer.drain()
        entry.fate = "answered"
        return True

    async def _connect(self) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter] | None:
        replicas = self._replicas()
        first = next(self._turn)
        for number in range(len(replicas)):
            name, port = replicas[(first + number) % len(replicas)]
            try:
                return name, *await asyncio.open_connection("127.0.0.1", port, limit=2**24)
            except OSError:
                continue
        return None

    def _is_lost(self, entry: Exchange, how: str) -> bool:
        for loss in list(self._losses):
            kind, wanted, happened = loss
            is_such = wanted == how and kind == entry.kind
            if is_such and (how == "cut" or (entry.is_done and (kind != "fetch" or entry.deliveries))):
                self._losses.remove(loss)
                happened.set()
                return True
        return False


async def _answer(upstream: asyncio.StreamReader, client: asyncio.StreamReader) -> Message | None:
    """None if the replica closed the connection without a word, or the client hung up first."""
    reading = asyncio.ensure_future(framing.read(upstream))
    try:
        while not reading.done():
            await asyncio.wait({reading}, timeout=0.1)
            if client.at_eof() or client.exception() is not None:
                return None
        return reading.result()
    finally:
        reading.cancel()
