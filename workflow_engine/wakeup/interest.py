"""Which topics somebody in another process waits for, so that news nobody waits for is not sent.

On a busy site workers find work without waiting, and a notification for each commit would cost every process a tenth of its time.
Each process that has waiters says so about once a second (`EVERY`), and is believed for `LEASE`. News of other topics is kept
back: as soon as somebody asks for such a topic it is sent after all, so nothing is missed by who begins to wait just then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

from workflow_engine.wakeup import Topics

# In seconds.
EVERY = 1.0
LEASE = 3.0
# That are remembered. With more of them, any may be waited for.
MOST_TOPICS = 10_000


class OfOthers:
    """What other processes wait for. Until it has listened for a while, they may be waiting for anything."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._until_any = float("inf")
        self._kept_back: set[str] = set()
        self._has_kept_back_any = False

    def listening(self, is_listening: bool) -> None:
        """Whether it will hear of them from now on."""
        with self._lock:
            self._until_any = self._now() + LEASE if is_listening else float("inf")

    def wanted(self, topics: Topics) -> Topics:
        """Those of the topics to tell the others of; None: any. The rest is kept back."""
        with self._lock:
            now = self._now()
            if now < self._until_any:
                return topics
            if topics is None:
                if any(now < until for until in self._until.values()):
                    return None
                self._has_kept_back_any = True
                return ()
            wanted = {topic for topic in topics if now < self._until.get(topic, 0.0)}
            self._kept_back.update(topic for topic in topics if topic not in wanted)
            return wanted

    def hear(self, topics: Topics) -> Topics:
        """Somebody waits for these topics. Which of them is there news of that was kept back? None: of any."""
        with self._lock:
            until = self._now() + LEASE
            if topics is None or self._has_kept_back_any or max(len(self._until), len(self._kept_back)) > MOST_TOPICS:
                self._until_any = max(self._until_any, until)
                self._until, self._kept_back, self._has_kept_back_any = {}, set(), False
                return None
            self._until.update(dict.fromkeys(topics, until))
            late = self._kept_back.intersection(topics)
            self._kept_back -= late
            return late


class Own:
    """What this process waits for, and what of it is to be told (again)."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def due(self, topics: Collection[str], now: float) -> list[str]:
        return [topic for topic in topics if now - self._told.get(topic, float("-inf")) >= EVERY]

    def next(self, topics: Collection[str]) -> float:
        """When the first of these is due."""
        return min((self._told.get(topic, float("-inf")) for topic in topics), default=float("inf")) + EVERY

    def told(self, topics: Collection[str], now: float) -> None:
        self._told = {topic: moment for topic, moment in self._told.items() if now - moment < EVERY}
        self._told.update(dict.fromkeys(topics, now))
