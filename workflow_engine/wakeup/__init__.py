"""Tells those who wait for external tasks, or for jobs, that there may be some. Knows nothing of HTTP or rows.

    with wakeup.waiting(topics) as waiter:      # before looking, or news between looking and waiting would be lost
        while not (tasks := look()) and waiter.wait(seconds):
            ...

Who commits new or released work calls `announce(topics)` afterwards. That reaches this process at once; where a `courier.Courier`
runs, other processes too. News may be lost on its way, so whoever waits looks again by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

Topics = Collection[str] | None
Tell = Callable[[Topics], None]

# What sweepers wait for, beside the topics: no topic can be called so, because no database stores this character.
JOBS = "\0jobs"


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
# Replaced as a whole, so that `announce` reads them without the lock.
_listeners: tuple[Tell, ...] = ()
_carriers: tuple[Tell, ...] = ()


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


def listen(tell: Tell) -> None:
    """From now on `tell` hears of all news of this process and of others. It must be quick and may be called by any thread."""
    global _listeners
    with _lock:
        _listeners = (*_listeners, tell)


def carry(tell: Tell) -> None:
    """From now on `tell` hears of the news of this process, to bring them to others."""
    global _carriers
    with _lock:
        _carriers = (*_carriers, tell)


def forget(tell: Tell) -> None:
    global _listeners, _carriers
    with _lock:
        _listeners = tuple(other for other in _listeners if other != tell)
        _carriers = tuple(other for other in _carriers if other != tell)


def announce(topics: Topics = None) -> None:
    """There may be work for these topics (None: for any). Costs next to nothing where nobody waits."""
    tell_here(topics)
    for carrier in _carriers:
        carrier(topics)


def tell_here(topics: Topics) -> None:
    """News from another process."""
    for listener in _listeners:
        listener(topics)
    if not _waiters:
        return
    with _lock:
        names = list(_waiters) if topics is None else topics
        told = {waiter for name in names for waiter in _waiters.get(name, ())}
    for waiter in told:
        waiter.tell()
