"""One fetchAndLock request that may wait. The server's side makes it and puts it into the WSGI environment; the view, in its
thread, asks it for tasks by `poll`, once for each time that the request goes through Django.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from workflow_engine.rest.asgi.waiting_room import Turn, Waiter, WaitingRoom
from workflow_engine.rest.long_polling import PLACE, Wish
from workflow_engine.services import external_task

__all__ = ["PLACE", "Place"]

logger = logging.getLogger("workflow_engine.rest")


class Place:
    """`wake` is called from any thread when it may go on. `is_waiting`: the last pass found nothing and the request may wait."""

    def __init__(self, room: WaitingRoom, wake: Callable[[], object]) -> None:
        self._room, self._wake = room, wake
        self._lock = threading.Lock()
        self._waiter: Waiter | None = None
        self._found: list[Any] = []
        self._is_gone = False
        self.deadline = 0.0
        self.is_waiting = False

    def poll(self, wish: Wish, look: Callable[[], list[Any]]) -> list[Any]:
        """What there is. Nothing where it is not yet this request's turn, or its client has hung up."""
        self.is_waiting = False
        if wish.seconds <= 0 or self._is_gone:
            return [] if self._is_gone else self._keep(look())
        turn = self._enter(wish)
        if turn is Turn.WAIT:
            self.is_waiting = True
            return []
        try:
            found = look()
        except BaseException:
            self.leave()
            raise
        if self._waiter is not None:
            self._room.looked(self._waiter, len(found))
            self.is_waiting = not found
        return self._keep(found)

    def _enter(self, wish: Wish) -> Turn:
        if self._waiter is not None:
            return Turn.LOOK
        waiter = Waiter(wish.topics, max_tasks=wish.max_tasks, is_selective=wish.is_selective, wake=self._wake)
        turn = self._room.enter(waiter)
        if turn is not Turn.NONE:
            self._waiter = waiter
            self.deadline = time.monotonic() + wish.seconds
        return turn

    def _keep(self, found: list[Any]) -> list[Any]:
        with self._lock:
            if not self._is_gone:
                self._found = found
                return found
        give_back(found)
        return []

    def leave(self) -> None:
        self.is_waiting = False
        if self._waiter is not None:
            self._room.leave(self._waiter)

    def hung_up(self) -> None:
        """The client is gone: what is found from now on is given back."""
        with self._lock:
            self._is_gone = True

    def abandon(self) -> list[Any]:
        """The client is gone: the tasks that were locked for it and that it never got."""
        with self._lock:
            self._is_gone = True
            found, self._found = self._found, []
        self.leave()
        return found


def give_back(tasks: list[Any]) -> None:
    """Frees tasks whose worker never got them."""
    if tasks:
        freed = external_task.give_back([(task.id, task.lock_token) for task in tasks])
        logger.info("Freed %d external tasks that were locked for a worker which had hung up.", freed)
