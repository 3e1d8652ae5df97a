"""Repeats a whole command that the database threw out to resolve a conflict, a bounded number of times, with jitter."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

from workflow_engine import conf

T = TypeVar("T")
# Serialisation failure, deadlock: another transaction won, and the same command may well succeed now. The third: a prepared
# statement that the server does not know, which is not prepared the next time.
REPEATABLE = frozenset({"40001", "40P01", "26000"})


def is_repeatable(error: OperationalError) -> bool:
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) in REPEATABLE


def repeating(using: str, command: Callable[[], T]) -> T:
    """Runs the command. Inside a caller's transaction it runs once: there only the caller can repeat the whole."""
    attempts = 1 if connections[using].in_atomic_block else 1 + conf.current().command_retries
    for attempt in range(1, attempts + 1):
        try:
            return command()
        except OperationalError as error:
            if attempt == attempts or not is_repeatable(error):
                raise
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  # jitter, no secret
    raise AssertionError("unreachable")
