"""The one clock: the database's on PostgreSQL, the process's on SQLite (whose database is this process).

Locks, due dates and history are decided by it, so application servers whose clocks differ do no harm. Tests move time with
`travel` instead of sleeping; the shift also reaches comparisons inside statements through `expression`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import connections, router

_offset = timedelta()


def now(using: str | None = None) -> datetime:
    """The time at this very moment, also inside a transaction; `using` None: by the database that holds the engine's rows."""
    connection = connections[using or router.db_for_write(apps.get_model("workflow_engine", "Execution"))]
    if connection.vendor != "postgresql":
        return datetime.now(UTC) + _offset
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    return shifted(row[0])


def shifted(moment: datetime) -> datetime:
    """A moment that was read from the database's clock, as this module tells time."""
    return moment.astimezone(UTC) + _offset


def expression() -> str:
    """SQL for PostgreSQL that yields `now()`. A sub-select, so that an index range can use its one value."""
    seconds = _offset.total_seconds()
    shift = f" + interval '{seconds:f} seconds'" if seconds else ""
    return f"(SELECT clock_timestamp(){shift})"


def offset() -> timedelta:
    return _offset


def travel(delta: timedelta) -> None:
    """Moves time on (or back) by `delta`, from here on. For tests; `reset` undoes it."""
    global _offset
    _offset += delta


def travel_to(moment: datetime, using: str | None = None) -> None:
    travel(moment - now(using))


def reset() -> None:
    global _offset
    _offset = timedelta()


@contextmanager
def travelled(delta: timedelta) -> Iterator[None]:
    """As `travel`, for the length of a with block."""
    global _offset
    before = _offset
    _offset = before + delta
    try:
        yield
    finally:
        _offset = before
