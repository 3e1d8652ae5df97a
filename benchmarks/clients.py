"""Clients of a running site, each on a thread with a connection of its own, that start, fetch and complete until told to stop."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from typing import Any

from scripts.site_process import AUTHORIZATION


class Clients:
    """What they did is in `done`, how long each request took (ms) in `took`; the first thing that went wrong is raised by `stop`."""

    def __init__(self, base: str, key: str, topic: str, count: int) -> None:
        self._address, self._key, self._topic = base.removeprefix("http://"), key, topic
        self.done: Counter[str] = Counter()
        self.took: list[float] = []
        self._failed: list[BaseException] = []
        self._lock, self._is_stopped = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(count)]

    def run(self, seconds: float) -> None:
        for thread in self._threads:
            thread.start()
        self._is_stopped.wait(seconds)
        self._is_stopped.set()
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise self._failed[0]

    def _run(self, number: int) -> None:
        try:
            with contextlib.closing(http.client.HTTPConnection(self._address, timeout=120)) as client:
                while not self._is_stopped.is_set():
                    self._instance(client, f"w{number}")
        except BaseException as error:
            self._failed.append(error)
            self._is_stopped.set()

    def _instance(self, client: http.client.HTTPConnection, worker: str) -> None:
        """One start, and as many completions as an instance has tasks: so work does not pile up."""
        variables = {name: {"value": f"value of {name}", "type": "String"} for name in ("a", "b", "c")}
        self._post(client, "start", f"/process-definition/key/{self._key}/start", {"variables": variables})
        for _ in range(2):
            topics = [{"topicName": self._topic, "lockDuration": 600_000}]
            body = {"workerId": worker, "maxTasks": 1, "topics": topics}
            for task in self._post(client, "fetchAndLock", "/external-task/fetchAndLock", body):
                result = {"workerId": worker, "variables": {"result": {"value": 42}}}
                self._post(client, "complete", f"/external-task/{task['id']}/complete", result)

    def _post(self, client: http.client.HTTPConnection, what: str, path: str, body: Any) -> Any:
        headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
        before = time.perf_counter()
        client.request("POST", f"/engine-rest{path}", json.dumps(body), headers)
        with client.getresponse() as response:
            content = response.read()
        took = (time.perf_counter() - before) * 1000
        if response.status >= 300:
            raise RuntimeError(f"POST {path}: {response.status} {content.decode(errors='replace')[:500]}")
        with self._lock:
            self.done[what] += 1
            self.took.append(took)
        return json.loads(content) if content else None
