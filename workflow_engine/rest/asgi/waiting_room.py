"""Who waits for which topics in this process, and whose turn it is to look. Knows nothing of HTTP, rows or the event loop.

For each topic the one who came first looks first, and not everybody runs at once when one task appears: the next in line looks
when the one before took all that it could carry, so that there may be more. Whoever looks and finds less than it asked for has
seen everything there was for its topics, unless it asked for certain tasks only. The methods may be called by any thread.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from enum import Enum

# One look after the other leaves a burst of work lying; this many may look for one topic at once.
WIDEST = 8
# Tasks may be there that most of those who wait do not want or may not have: after news, and after each look at the tables
# that still finds some, no more than these look in vain.
VAIN_LOOKS_AFTER_NEWS, VAIN_LOOKS = 16, 4


class Turn(Enum):
    LOOK = "look at once"
    WAIT = "others came first"
    NONE = "the room is full or closed: look at once and do not wait"


class Waiter:
    """`wake` is called when it is its turn to look, and when the room closes; `is_selective`: not every task of its topics will do."""

    __slots__ = ("has_to_wait", "is_looking", "is_selective", "max_tasks", "seen", "topics", "vain_looks", "wake")

    def __init__(
        self, topics: Collection[str], *, max_tasks: int, is_selective: bool, wake: Callable[[], object] = lambda: None
    ) -> None:
        self.topics = tuple(dict.fromkeys(topics))
        self.max_tasks, self.is_selective, self.wake = max_tasks, is_selective, wake
        self.is_looking = False
        self.has_to_wait = False  # its first look found nothing, or others came first
        self.vain_looks = 0
        self.seen: dict[str, int] = {}  # by topic: the news that its last look saw


class _Queue:
    """One topic: those who wait in order of arrival, and the count of its news."""

    __slots__ = ("exhausted", "is_from_tables", "looking", "news", "vain_looks_left", "waiters", "width")

    def __init__(self) -> None:
        self.waiters: dict[Waiter, None] = {}
        self.news = 0
        self.exhausted = -1  # the news up to which somebody has seen everything
        self.is_from_tables = False  # the last news came from a look at the tables
        self.vain_looks_left = VAIN_LOOKS_AFTER_NEWS
        self.looking = 0
        self.width = 1

    def next(self, topic: str) -> Waiter | None:
        if self.exhausted >= self.news or self.looking >= self.width or self.vain_looks_left <= 0:
            return None
        ready = (w for w in self.waiters if not w.is_looking and w.seen.get(topic, -1) < self.news)
        if not self.is_from_tables:
            return next(ready, None)
        # Work is there that the first in line may not be able to see: do not let it hide the work from the others.
        return min(ready, key=lambda waiter: waiter.vain_looks, default=None)


class WaitingRoom:
    def __init__(self, places: Callable[[], int]) -> None:
        self._places = places
        self._lock = threading.RLock()
        self._queues: dict[str, _Queue] = {}
        self._waiters: set[Waiter] = set()
        self.is_closed = False
        self._waited: Counter[str] = Counter()
        self.on_wait: Callable[[], None] = lambda: None  # called when somebody has to wait

    def __len__(self) -> int:
        return len(self._waiters)

    @property
    def looking(self) -> int:
        """How many of them look just now."""
        with self._lock:
            return sum(waiter.is_looking for waiter in self._waiters)

    def topics(self) -> Collection[str]:
        """Those that somebody has to wait for."""
        if not self._waited:
            return ()
        with self._lock:
            return tuple(self._waited)

    def enter(self, waiter: Waiter) -> Turn:
        with self._lock:
            if self.is_closed or len(self._waiters) >= self._places():
                return Turn.NONE
            queues = [self._queues.setdefault(topic, _Queue()) for topic in waiter.topics]
            is_behind = all(_has_somebody_in_line(queue) for queue in queues)
            self._waiters.add(waiter)
            for queue in queues:
                queue.waiters[waiter] = None
            if is_behind:
                self._wait(waiter)
                return Turn.WAIT
            self._begin(waiter)
            return Turn.LOOK

    def looked(self, waiter: Waiter, found: int) -> None:
        """The look has ended. With tasks the waiter leaves, without it keeps its place."""
        with self._lock:
            if waiter not in self._waiters or not waiter.is_looking:
                return
            waiter.is_looking = False
            for topic, queue in self._queues_of(waiter):
                queue.looking -= 1
                if found >= waiter.max_tasks:
                    queue.width = min(queue.width * 2, WIDEST)
                elif not waiter.is_selective:
                    queue.exhausted = max(queue.exhausted, waiter.seen[topic])
                    queue.width = 1
                if not found:
                    queue.vain_looks_left -= 1
                    if queue.is_from_tables:
                        # Others may see what this one cannot.
                        queue.exhausted = min(queue.exhausted, queue.news - 1)
            if found:
                self._remove(waiter)
            else:
                self._wait(waiter)
                waiter.vain_looks += any(queue.is_from_tables for _, queue in self._queues_of(waiter))
            self._advance(waiter.topics)

    def leave(self, waiter: Waiter) -> None:
        """Its time is over, or its client is gone. A turn that it did not use goes to the next."""
        with self._lock:
            if waiter in self._waiters:
                if waiter.is_looking:
                    for _, queue in self._queues_of(waiter):
                        queue.looking -= 1
                self._remove(waiter)
                self._advance(waiter.topics)

    def tell(self, topics: Collection[str] | None) -> None:
        """There is news of these topics; None: of any."""
        if not self._queues:
            return
        with self._lock:
            names = [name for name in (self._queues if topics is None else topics) if name in self._queues]
            for name in names:
                queue = self._queues[name]
                queue.news += 1
                queue.is_from_tables, queue.vain_looks_left = False, VAIN_LOOKS_AFTER_NEWS
            self._advance(names)

    def tell_of_work(self, asked: Collection[str], found: Collection[str]) -> None:
        """What a look at the tables for all topics has found."""
        with self._lock:
            for name in asked:
                queue = self._queues.get(name)
                if queue is None:
                    continue
                if name not in found:
                    for waiter in queue.waiters:
                        waiter.vain_looks = 0
                elif not queue.looking:
                    queue.news += 1
                    queue.is_from_tables, queue.vain_looks_left = True, VAIN_LOOKS
            self._advance(found)

    def close(self) -> None:
        """Nobody may wait any more; those who do are woken."""
        with self._lock:
            self.is_closed = True
            for waiter in self._waiters:
                waiter.wake()

    def _wait(self, waiter: Waiter) -> None:
        if not waiter.has_to_wait:
            waiter.has_to_wait = True
            self._waited.update(waiter.topics)
            # Only now: whoever hears of it asks for the topics at once.
            self.on_wait()

    def _begin(self, waiter: Waiter) -> None:
        waiter.is_looking = True
        for topic, queue in self._queues_of(waiter):
            waiter.seen[topic] = queue.news
            queue.looking += 1

    def _advance(self, topics: Collection[str]) -> None:
        for topic in topics:
            while (queue := self._queues.get(topic)) is not None and (waiter := queue.next(topic)) is not None:
                self._begin(waiter)
                waiter.wake()

    def _remove(self, waiter: Waiter) -> None:
        self._waiters.discard(waiter)
        if waiter.has_to_wait:
            self._waited -= Counter(waiter.topics)
        for topic in waiter.topics:
            queue = self._queues[topic]
            del queue.waiters[waiter]
            if not queue.waiters:
                del self._queues[topic]

    def _queues_of(self, waiter: Waiter) -> Iterator[tuple[str, _Queue]]:
        return ((topic, self._queues[topic]) for topic in waiter.topics)


def _has_somebody_in_line(queue: _Queue) -> bool:
    """Somebody who would take any task and has not yet been given one."""
    return any(not waiter.is_looking and not waiter.is_selective for waiter in queue.waiters)
