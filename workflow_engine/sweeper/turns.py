"""Whose turn it is, where more jobs wait than a sweeper can take: the definitions are served one after another."""

from __future__ import annotations

from datetime import datetime

from workflow_engine.store import database
from workflow_engine.store.waiting_definitions import START, walk


class Turns:
    """One sweeper's memory of the definition that came last, for continuations and for timers. Each sweeper has its own."""

    def __init__(self) -> None:
        self._last: dict[bool, str | None] = {}

    def next(self, using: str, now: datetime, most: int, *, timers: bool) -> list[str | None]:
        """At most so many definition keys with jobs that may run (None: jobs of no definition), beginning after the last one."""
        dialect, begin = database.dialect(using), self._last.get(timers, START)
        here = walk(dialect, now, timers=timers, after=begin)
        keys, last = here.found, here.last
        if here.is_over and begin is not START and len(keys) < most:
            # Round to the start, and no further than where this one began.
            again = walk(dialect, now, timers=timers, after=START)
            keys = [*keys, *(key for key in again.found if key is None or key <= begin)]
            last = again.last
        if len(keys) > most:
            keys = keys[:most]
            last = keys[-1] or ""
        self._last[timers] = last
        return keys
