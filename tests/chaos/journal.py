"""What went over the network: one entry for each request, with what the server answered and whether the client heard it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.framing import Message

RECENT = 10.0
ANSWERS = ("complete", "failure", "bpmnError")
_TASK = re.compile(r"/external-task/([^/?]+)/(complete|failure|bpmnError|extendLock|unlock)$")
_ENDINGS = {"/start": "start", "/external-task/fetchAndLock": "fetch", "/message": "message"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A task that a fetch handed out. Times by the database's clock."""

    task: str
    token: str
    worker: str
    activity_instance: str
    process_instance: str
    locked: float
    expires: float


@dataclass(slots=True)
class Exchange:
    kind: str
    replica: str
    sent: float  # when the request had been passed on; seconds of this host's clock, which is the database's
    task: str = ""
    worker: str = ""
    token: str | None = None
    key: str | None = None  # of idempotency
    duration: float = 0.0  # of an extension
    answered: float | None = None  # by the server
    status: int | None = None
    fate: str = "under way"  # answered, swallowed, cut, server gone, client gone
    instance: str | None = None  # that a start made
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """The server said that it is carried out, whoever heard it."""
        return self.status is not None and self.status < 300


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._exchanges: list[Exchange] = []
        self._lock = threading.Lock()

    def add(self, request: Message, replica: str) -> Exchange:
        entry = _described(request, replica)
        with self._lock:
            self._exchanges.append(entry)
        return entry

    def answered(self, entry: Exchange, answer: Message, request: Message) -> None:
        entry.answered, entry.status = time.time(), answer.status
        if answer.status != 200:
            return
        if entry.kind == "start":
            entry.instance = answer.json()["id"]
        elif entry.kind == "fetch":
            topics = {topic["topicName"]: topic["lockDuration"] / 1000 for topic in request.json()["topics"]}
            entry.deliveries = [_delivery(row, topics) for row in answer.json()]

    def exchanges(self, *kinds: str) -> list[Exchange]:
        with self._lock:
            return [one for one in self._exchanges if not kinds or one.kind in kinds]

    def deliveries(self) -> Iterator[tuple[Exchange, Delivery]]:
        for fetch in self.exchanges("fetch"):
            for delivery in fetch.deliveries:
                yield fetch, delivery

    def since(self, moment: float) -> list[Exchange]:
        """Those that were sent after the moment, the latest first."""
        found = []
        with self._lock:
            for one in reversed(self._exchanges):
                if one.sent < moment:
                    break
                found.append(one)
        return found

    def held(self, worker: str = "") -> list[Delivery]:
        """What a worker was given in the last seconds and has not answered yet; `worker` is how its id begins."""
        recent = self.since(time.time() - RECENT)
        ended = {one.task for one in recent if one.kind in (*ANSWERS, "unlock")}
        given = [one for fetch in recent if fetch.fate == "answered" for one in fetch.deliveries]
        return [one for one in given if one.worker.startswith(worker) and one.task not in ended]

    def write(self) -> None:
        with self._path.open("w") as file:
            for entry in self.exchanges():
                file.write(json.dumps(asdict(entry)) + "\n")


def _described(request: Message, replica: str) -> Exchange:
    path = request.path.split("?")[0]
    entry = Exchange(kind="other", replica=replica, sent=time.time(), key=request.headers.get("idempotency-key"))
    if request.method != "POST":
        return entry
    if found := _TASK.search(path):
        body = request.json() or {}
        entry.task, entry.kind = found.groups()
        entry.worker, entry.token = body.get("workerId", ""), body.get("lockToken")
        entry.duration = body.get("newDuration", 0) / 1000
        return entry
    entry.kind = next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), "other")
    if entry.kind == "fetch":
        entry.worker = request.json()["workerId"]
    return entry


def _delivery(row: dict[str, Any], topics: dict[str, float]) -> Delivery:
    expires = datetime.fromisoformat(row["lockExpirationTime"]).timestamp()
    return Delivery(
        task=row["id"],
        token=row["lockToken"],
        worker=row["workerId"],
        activity_instance=row["activityInstanceId"],
        process_instance=row["processInstanceId"],
        locked=expires - topics[row["topicName"]],
        expires=expires,
    )
