"""Waiting for external tasks: under our ASGI application at a place outside Django, see `rest.asgi`; else, as plain WSGI must,
inside the server's thread: bounded, without a transaction, woken early.
"""

from __future__ import annotations

import logging
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest

from workflow_engine import wakeup
from workflow_engine.rest.limits import limits

logger = logging.getLogger("workflow_engine.rest")

Tasks = TypeVar("Tasks", bound=Sized)

# In the WSGI environment of a request that can wait outside of Django. No header can pose as it.
PLACE = "workflow_engine.place"

# News from this process comes at once; from others it is found by looking again after this time.
LOOK_AGAIN_SECONDS = (0.2, 0.5)

_lock = threading.Lock()
_waiting = 0
_has_warned = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a request waits for, and how long. `is_selective`: not every task of its topics will do."""

    topics: tuple[str, ...]
    seconds: float
    max_tasks: int = 1
    is_selective: bool = False


def poll(request: HttpRequest, wish: Wish, look: Callable[[], Tasks]) -> Tasks:
    """What `look` finds: at once, or within the time. It is called again and again until it finds something."""
    place = request.META.get(PLACE)
    if place is not None:
        found: Tasks = place.poll(wish, look)
        return found
    if wish.seconds <= 0:
        return look()
    _warn_once(request)
    with wakeup.waiting(wish.topics) as waiter:
        found = look()
        if found or not _enter():
            return found
        try:
            deadline = time.monotonic() + wish.seconds
            while not found and (left := deadline - time.monotonic()) > 0:
                _release_pooled_connection()
                waiter.wait(min(left, random.uniform(*LOOK_AGAIN_SECONDS)))  # noqa: S311 - spreads the looks, guards nothing
                if _has_hung_up(request):
                    break
                found = look()
            return found
        finally:
            _leave()


def _warn_once(request: HttpRequest) -> None:
    global _has_warned
    if isinstance(request, ASGIRequest) and not _has_warned:
        _has_warned = True
        logger.warning(
            "fetchAndLock waits in a thread, although the server speaks ASGI: wrap the site's application with"
            " workflow_engine.rest.asgi.with_long_polling, and it will need none."
        )


def _enter() -> bool:
    """Whether one more thread may wait. Over the limit the answer is given at once, with what there is."""
    global _waiting
    with _lock:
        if _waiting >= limits().max_waiting_threads:
            return False
        _waiting += 1
        return True


def _leave() -> None:
    global _waiting
    with _lock:
        _waiting -= 1


def waiting_threads() -> int:
    return _waiting


def _release_pooled_connection() -> None:
    """A connection from a pool goes back while nobody needs it. One that belongs to the thread stays: a new one costs too much."""
    if connection.settings_dict.get("OPTIONS", {}).get("pool") and not connection.in_atomic_block:
        connection.close()


def _has_hung_up(request: HttpRequest) -> bool:
    """Whether the client is gone, as far as the server lets an application see its socket (gunicorn does)."""
    peer = request.META.get("gunicorn.socket")
    if not isinstance(peer, socket.socket):
        return False
    try:
        readable, _, _ = select.select([peer], [], [], 0)
        return bool(readable) and peer.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
