"""The web server under ASGI and under WSGI: from start to hand-out, what 500 waiting polls cost, and what short requests cost.

The server's CPU time is that of all its processes; clients run beside it, so requests a second say little on a small machine.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connections

from benchmarks import figures, models, processes
from scripts.site_process import AUTHORIZATION, site
from workflow_engine.services import repository, runtime

# The first ones fill caches and open connections.
WARM_UP, HAND_OUTS = 5, 20
WAITING, TOPICS = figures.size("WAITING", 500), 50
SETTLING, IDLE_SECONDS = 3.0, 10.0
CLIENTS, REQUESTS, ROUNDS = 8, figures.size("REQUESTS", 50), 3


def run() -> None:
    for interface in ("asgi", "wsgi"):
        os.environ["WEB_INTERFACE"] = interface
        with site(os.environ["DATABASE_URL"]) as base, contextlib.ExitStack() as stack:
            _Bench(interface, base.removeprefix("http://"), stack).run()


class _Bench:
    def __init__(self, interface: str, address: str, stack: contextlib.ExitStack) -> None:
        self._interface, self._address, self._stack = interface, address, stack
        # Nobody's leftover.
        self._key = f"polled-{uuid.uuid4().hex}"

    def run(self) -> None:
        xml = models.sequence([models.EXTERNAL.replace('"work"', f'"{self._key}"')], key=self._key)
        self._definition = repository.deploy(resources={"model.bpmn": xml}, name=self._key).definitions[0].pk
        self._hand_outs("start over REST to hand-out", self._start)
        self._hand_outs("start by a program that tells nobody", self._start_here)
        self._idle("nobody waits")
        if self._interface == "asgi":
            with contextlib.ExitStack() as waiting:
                for number in range(WAITING):
                    client = waiting.enter_context(contextlib.closing(self._connect()))
                    self._poll(client, f"{self._key}-{number % TOPICS}", 600_000)
                time.sleep(SETTLING)
                self._idle(f"{WAITING} wait for {TOPICS} topics")
        self._short("GET /version", lambda client: _ask(client, "GET", "/version"))
        self._short("fetchAndLock without work", lambda client: self._fetch(client, f"{self._key}-none"))
        self._short("start of an instance", lambda client: self._start(client))
        connections.close_all()

    def _hand_outs(self, name: str, start: Callable[[http.client.HTTPConnection], object]) -> None:
        found = []
        starter = self._stack.enter_context(contextlib.closing(self._connect()))
        for _ in range(WARM_UP + HAND_OUTS):
            with contextlib.closing(self._connect()) as client:
                self._poll(client, self._key, 60_000)
                time.sleep(0.1)
                before = time.perf_counter()
                start(starter)
                if not _answer(client):
                    raise RuntimeError("The poll ended without work.")
                found.append((time.perf_counter() - before) * 1000)
        figures.show(f"{self._interface}: {name}", "ms", found[WARM_UP:])

    def _idle(self, name: str) -> None:
        """Of all processes of the server, and of the database."""
        database = processes.postmaster()
        roots = [] if database is None else [database]
        before, of_database = _cpu_seconds(), processes.cpu(*roots)
        time.sleep(IDLE_SECONDS)
        used = (_cpu_seconds() - before) / IDLE_SECONDS * 100
        of_database = (processes.cpu(*roots) - of_database) / IDLE_SECONDS * 100
        sys.stdout.write(f"{'':<60} {of_database:>10.2f} % of a core by the database of this\n" if roots else "")
        figures.verdict(f"{self._interface}: {name}", used + of_database, 2.0, "% of a core")

    def _short(self, name: str, ask: Callable[[http.client.HTTPConnection], object]) -> None:
        """All clients at once, each on its connection."""
        rates, costs = [], []
        self._all_clients(ask, 5)  # warms threads and caches
        for _ in range(ROUNDS):
            before, cpu = time.perf_counter(), _cpu_seconds()
            self._all_clients(ask, REQUESTS)
            rates.append(CLIENTS * REQUESTS / (time.perf_counter() - before))
            costs.append((_cpu_seconds() - cpu) * 1000 / (CLIENTS * REQUESTS))
        figures.show(f"{self._interface}: {name}", "requests/s", rates)
        figures.show("", "ms of the server's CPU each", costs)

    def _all_clients(self, ask: Callable[[http.client.HTTPConnection], object], requests: int) -> None:
        failed: list[BaseException] = []

        def work() -> None:
            try:
                with contextlib.closing(self._connect()) as client:
                    for _ in range(requests):
                        ask(client)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._address, timeout=60)

    def _start(self, client: http.client.HTTPConnection) -> object:
        return _ask(client, "POST", f"/process-definition/key/{self._key}/start", {"variables": {"a": {"value": 1}}})

    def _start_here(self, client: http.client.HTTPConnection) -> object:
        return runtime.start_process_instance(self._definition, variables={"a": 1})

    def _fetch(self, client: http.client.HTTPConnection, topic: str) -> Any:
        self._poll(client, topic, 0)
        return _answer(client)

    def _poll(self, client: http.client.HTTPConnection, topic: str, milliseconds: int) -> None:
        topics = [{"topicName": topic, "lockDuration": 600_000}]
        body = {"workerId": "bench", "maxTasks": 1, "asyncResponseTimeout": milliseconds, "topics": topics}
        _send(client, "POST", "/external-task/fetchAndLock", body)


def _ask(client: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> Any:
    _send(client, method, path, body)
    return _answer(client)


def _send(client: http.client.HTTPConnection, method: str, path: str, body: Any) -> None:
    headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
    client.request(method, f"/engine-rest{path}", None if body is None else json.dumps(body), headers)


def _answer(client: http.client.HTTPConnection) -> Any:
    with client.getresponse() as response:
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"The site answers {response.status}: {content.decode(errors='replace')[:500]}")
        return json.loads(content)


def _cpu_seconds() -> float:
    """Of all processes that this one has started: the server's, but not the database's, which has left the family."""
    children = processes.children(os.getpid())
    return processes.cpu(*children)
