"""What this process has counted since it was last written down."""

from __future__ import annotations

import os
import threading
from collections import Counter


class Counts:
    """Any thread may add. `assignees` are hashes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._assignees: set[int] = set()

    def add(self, numbers: Counter[str], assignees: set[int]) -> None:
        with self._lock:
            self._numbers.update(numbers)
            self._assignees |= assignees

    def take(self) -> tuple[Counter[str], set[int]]:
        """All there is; whoever cannot write it down adds it again."""
        with self._lock:
            taken = self._numbers, self._assignees
            self._numbers, self._assignees = Counter(), set()
        return taken


_counts = Counts()
# What was counted before a fork is written down by the parent.
os.register_at_fork(after_in_child=lambda: globals().__setitem__("_counts", Counts()))


def counts() -> Counts:
    return _counts
