"""How much more a worker can take: in total, and for topics with a limit of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from workflow_engine.client.subscription import Subscription


class Slots:
    def __init__(self, capacity: int, subscriptions: Iterable[Subscription]) -> None:
        self._capacity = capacity
        self._subscriptions = list(subscriptions)
        self._busy: Counter[str] = Counter()
        self._is_closed = False
        self._changed = threading.Condition()

    def room(self) -> tuple[list[Subscription], int]:
        """The topics to ask for and how many tasks at most; waits until there is room for one. Nothing after `close`.

        fetchAndLock has one number for all topics, so it is the smallest room of any: never more than can run at once.
        """
        with self._changed:
            while not self._is_closed:
                free = self._capacity - self._busy.total()
                open_ = [s for s in self._subscriptions if s.limit is None or self._busy[s.topic] < s.limit]
                if free > 0 and open_:
                    return open_, min([free, *(s.limit - self._busy[s.topic] for s in open_ if s.limit is not None)])
                self._changed.wait()
        return [], 0

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def take(self, topic: str) -> None:
        with self._changed:
            self._busy[topic] += 1

    def give(self, topic: str) -> None:
        with self._changed:
            self._busy[topic] -= 1
            self._changed.notify_all()

    def wait_until_idle(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._busy.total() == 0, timeout)
