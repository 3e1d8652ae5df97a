"""Waiting for external tasks inside the server's thread, as plain WSGI must: bounded, without a transaction, woken early.

The waiting itself belongs to this module only, so that another server interface can wait in another way.
"""

from __future__ import annotations

import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sized
from typing import TypeVar

from django.db import connection
from django.http import HttpRequest

from workflow_engine import wakeup
from workflow_engine.rest.limits import limits

Tasks = TypeVar("Tasks", bound=Sized)

# News from this process comes at once; from others it is found by looking again after this time.
LOOK_AGAIN_SECONDS = (0.2, 0.5)

_lock = threading.Lock()
_waiting = 0


def poll(request: HttpRequest, topics: Iterable[str], seconds: float, look: Callable[[], Tasks]) -> Tasks:
    """What `look` finds: at once, or within the time. It is called again and again until it finds something."""
    if seconds <= 0:
        return look()
    with wakeup.waiting(topics) as waiter:
        found = look()
        if found or not _enter():
            return found
        try:
            deadline = time.monotonic() + seconds
            while not found and (left := deadline - time.monotonic()) > 0:
                _release_pooled_connection()
                waiter.wait(min(left, random.uniform(*LOOK_AGAIN_SECONDS)))  # noqa: S311 - spreads the looks, guards nothing
                if _has_hung_up(request):
                    break
                found = look()
            return found
        finally:
            _leave()


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
