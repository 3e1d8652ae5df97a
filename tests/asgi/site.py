"""Our site under a real ASGI server, started as `make serve` starts it, and clients that keep a connection each."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection
from typing import Any

from project import server
from scripts.site_process import free_port
from tests.rest.conftest import basic
from tests.support.waiting import PATIENCE, wait_until

LOGIN = ("demo", "demo")
# Longer than any test: whoever waits is answered by work or by the server's end.
LONG = 600_000


class Client:
    """One connection, so one process of the server."""

    def __init__(self, port: int, authorization: str = basic(*LOGIN)) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._headers = {"Authorization": authorization, "Content-Type": "application/json"}

    def send(self, path: str, body: Any = None) -> Client:
        method, data = ("GET", None) if body is None else ("POST", json.dumps(body))
        self._connection.request(method, path, data, self._headers)
        return self

    def poll(self, topic: str, *, worker: str = "w", milliseconds: int = LONG) -> Client:
        """Sends fetchAndLock for one task; `answer` waits for it."""
        wanted = [{"topicName": topic, "lockDuration": 3_600_000}]
        body = {"workerId": worker, "maxTasks": 1, "asyncResponseTimeout": milliseconds, "topics": wanted}
        return self.send("/engine-rest/external-task/fetchAndLock", body)

    def answer(self) -> tuple[int, Any]:
        with self._connection.getresponse() as response:
            return response.status, json.loads(response.read())

    def ok(self) -> Any:
        status, answer = self.answer()
        assert status == 200, (status, answer)
        return answer

    def fileno(self) -> int:
        return int(self._connection.sock.fileno())

    def close(self) -> None:
        self._connection.close()


class AsgiSite:
    def __init__(self, environment: Mapping[str, str], workers: int, **engine: Any) -> None:
        self.port, self.workers = free_port(), workers
        self._clients = contextlib.ExitStack()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        command = server.command("127.0.0.1", self.port, workers, 4, "asgi")
        command[command.index("project.asgi:application")] = "tests.asgi.watched:application"
        server.allow_many_connections()
        self.process = subprocess.Popen(
            command,
            env={
                **os.environ,
                **environment,
                "DJANGO_SETTINGS_MODULE": "tests.asgi.site_settings",
                "ENGINE_SETTINGS": json.dumps(engine),
                "WEB_THREADS": "4",
            },
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def client(self, process: int | None = None, authorization: str = basic(*LOGIN)) -> Client:
        """Connected to any process of the server, or to this one."""

        def connected() -> Client | None:
            client = Client(self.port, authorization)
            if process is None or client.send("/watched").ok()["process"] == process:
                return client
            client.close()
            return None

        client: Client = wait_until(connected)
        self._clients.callback(client.close)
        return client

    def watched(self) -> dict[int, dict[str, int]]:
        """What each process tells of itself."""
        told: dict[int, dict[str, int]] = {}

        def ask() -> bool:
            assert self.process.poll() is None, self.log()
            with contextlib.suppress(ConnectionError), contextlib.closing(Client(self.port)) as client:
                answer = client.send("/watched").ok()
                told[answer["process"]] = answer
            return len(told) == self.workers

        wait_until(ask, self.log)
        return told

    def waiting(self) -> int:
        return sum(told["waiting"] for told in self.watched().values())

    def wait_for_waiting(self, count: int, *, looking: int = 0) -> None:
        """Until so many wait. Who looks just now may not see what comes next, or see it before others, so usually nobody does."""

        def is_so() -> bool:
            told = self.watched().values()
            return [sum(each[name] for each in told) for name in ("waiting", "looking")] == [count, looking]

        wait_until(is_so, lambda: (self.watched(), self.log()))

    def start(self, key: str, process: int | None = None) -> str:
        client = self.client(process).send(f"/engine-rest/process-definition/key/{key}/start", {})
        return str(client.ok()["id"])

    def log(self) -> str:
        # Not `seek`: the server writes through the same position.
        return os.pread(self._output.fileno(), 10**7, 0).decode(errors="replace")

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """As an operator does; the server must end by itself."""
        if self._output.closed:
            return
        with self._output, self._clients:
            if self.process.poll() is None:
                self.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
            assert "Traceback" not in self.log(), self.log()


def answered(clients: Iterable[Client]) -> Iterator[Client]:
    """Each client when its answer is there."""
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            assert ready, f"{len(selector.get_map())} clients had no answer within {PATIENCE:.0f} seconds."
            for key, _ in ready:
                selector.unregister(key.fileobj)
                yield key.fileobj  # type: ignore[misc]
