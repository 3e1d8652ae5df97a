"""How long commands take and what becomes of external tasks, measured in the memory of this process.

Sums that only grow. `publishing` writes them down for whoever is asked, so that it does not matter which process that is.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

# Upper ends in seconds, as Prometheus wants its buckets; the last one has none.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DONE, REFUSED, FAILED = "done", "refused", "failed"
# Topics may be expressions: what comes after so many of them is counted together.
MOST_TOPICS = 1_000
OTHER_TOPICS = "(others)"


class Measures:
    """Any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands: dict[tuple[str, str], list[float]] = {}  # the buckets, then the sum of seconds
        self._tasks: dict[tuple[str, str], int] = {}
        self._topics: set[str] = set()
        self.version = 0  # rises with every change

    def command(self, name: str, outcome: str, seconds: float) -> None:
        with self._lock:
            numbers = self._commands.get((name, outcome))
            if numbers is None:
                numbers = self._commands[name, outcome] = [0.0] * (len(BOUNDS) + 2)
            numbers[bisect_left(BOUNDS, seconds)] += 1
            numbers[-1] += seconds
            self.version += 1

    def tasks(self, happened: Iterable[tuple[str, str]]) -> None:
        """Topics with what happened to a task of them."""
        with self._lock:
            for topic, event in happened:
                known = self._topic(topic)
                self._tasks[known, event] = self._tasks.get((known, event), 0) + 1
            self.version += 1

    def _topic(self, topic: str) -> str:
        if topic not in self._topics:
            if len(self._topics) >= MOST_TOPICS:
                return OTHER_TOPICS
            self._topics.add(topic)
        return topic

    def figures(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        with self._lock:
            return {
                "commands": [
                    [name, outcome, [int(count) for count in numbers[:-1]], numbers[-1]]
                    for (name, outcome), numbers in sorted(self._commands.items())
                ],
                "tasks": [[topic, event, count] for (topic, event), count in sorted(self._tasks.items())],
            }


_measures = Measures()
# A forked process has a row of its own and begins at nothing.
os.register_at_fork(after_in_child=lambda: globals().__setitem__("_measures", Measures()))


def measures() -> Measures:
    return _measures
