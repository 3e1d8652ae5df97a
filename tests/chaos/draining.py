"""Waits until nothing is left to do, however long that takes, or until nothing has moved for longer than anything may take."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.chaos.calling import Caller, NoAnswer
from tests.chaos.journal import ANSWERS, Journal

# Longer than any lock, timer and pause of a client.
PATIENCE = 180.0
TELL_EVERY = 5.0


def drain(caller: Caller, journal: Journal, is_asked: Callable[[], bool], tell: Callable[[str], None]) -> int:
    """`is_asked`: whether every start has its answer. The number of instances that are left."""
    seen: tuple[int, ...] = ()
    moved = told = time.monotonic()
    while True:
        left = count(caller)
        if left == 0 and is_asked():
            return 0
        now = time.monotonic()
        state = (left, sum(exchange.is_done for exchange in journal.exchanges(*ANSWERS, "start", "message")))
        if state != seen:
            seen, moved = state, now
        if now - moved > PATIENCE:
            return left
        if now - told > TELL_EVERY:
            told = now
            tell(f"draining: {left} instances are left")
        time.sleep(0.5)


def count(caller: Caller) -> int:
    """Of live instances, the called ones too; -1 where nobody can tell."""
    try:
        status, answer = caller.call("GET", "/process-instance/count")
    except NoAnswer:
        return -1
    return int(answer["count"]) if status == 200 else -1
