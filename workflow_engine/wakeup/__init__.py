"""Tells those who wait for external tasks, in this process, that there may be some. Knows nothing of HTTP or rows.

    with wakeup.waiting(topics) as waiter:      # before looking, or news between looking and waiting would be lost
        while not (tasks := look()) and waiter.wait(seconds):
            ...

Who commits new or released work calls `announce(topics)` afterwards. Other processes are not told: a waiter looks again by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Waiter:
    """One request that waits. `wait` consumes the news, so that each announcement leads to one more look."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether there was news within the time."""
        is_told = self._event.wait(seconds)
        self._event.clear()
        return is_told

    def tell(self) -> None:
        self._event.set()


_lock = threading.Lock()
_waiters: dict[str, set[Waiter]] = {}


@contextmanager
def waiting(topics: Iterable[str]) -> Iterator[Waiter]:
    names, waiter = set(topics), Waiter()
    with _lock:
        for name in names:
            _waiters.setdefault(name, set()).add(waiter)
    try:
        yield waiter
    finally:
        with _lock:
            for name in names:
                _waiters[name].discard(waiter)
                if not _waiters[name]:
                    del _waiters[name]


def announce(topics: Iterable[str] | None = None) -> None:
    """There may be work for these topics (None: for any). Costs nothing where nobody waits."""
    if not _waiters:
        return
    with _lock:
        names = list(_waiters) if topics is None else topics
        told = {waiter for name in names for waiter in _waiters.get(name, ())}
    for waiter in told:
        waiter.tell()
