"""Repeating intervals of ISO 8601: R3/PT10M, R/2026-11-21T10:00:00/P1D, R5/PT1H/2026-12-24; and the same without R, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from workflow_engine.engine.iso_dates import parse_moment
from workflow_engine.engine.iso_durations import Duration, between, parse_duration

FOR_EVER = 2**31 - 1
MAX_STEPS = 100_000  # of unequal length that are counted one by one from the start to now
_RECURRENCE = re.compile(r"R([+-]?\d{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """`times` None: no repetition. `start` and `end` are never both None.

    Moments are kept in UTC, because Python compares and subtracts those of one zone as if no clock were ever put back.
    """

    times: int | None
    start: datetime | None
    end: datetime | None
    interval: Duration
    zone: tzinfo | None  # in which days are counted

    def first_after(self, moment: datetime) -> datetime | None:
        """When it is due for the first time; None if it has repeated often enough before `moment`."""
        if self.times is not None:
            return self.next_after(moment)
        if self.end is not None:
            return self.end.astimezone(self.zone)
        assert self.start is not None
        return self._step(self.start, self.interval).astimezone(self.zone)

    def next_after(self, moment: datetime, *, is_last_spent: bool = False) -> datetime | None:
        """The next occurrence. `is_last_spent`: at `moment` the last of the counted occurrences is no longer to come."""
        moment = moment.astimezone(UTC)
        found = self._backward(moment) if self.start is None else self._forward(self.start, moment)
        if found < moment or (is_last_spent and found == moment):
            return None
        return found.astimezone(self.zone)

    def _step(self, moment: datetime, interval: Duration) -> datetime:
        return interval.after(moment.astimezone(self.zone)).astimezone(UTC)

    def _forward(self, start: datetime, moment: datetime) -> datetime:
        """From the start on, beyond `moment` or as far as the count allows."""
        times = max(0, self.times or 0)
        if start > moment or self._step(start, self.interval) <= start:
            return start
        if self.interval.is_exact:
            return start + self.interval.exact * min(times, (moment - start) // self.interval.exact + 1)
        current = start
        for _ in _counted(times):
            if current > moment:
                break
            current = self._step(current, self.interval)
        return current

    def _backward(self, moment: datetime) -> datetime:
        """From the end back, as far as `moment` or the count allow."""
        assert self.end is not None
        times = max(0, self.times or 0)
        back = self.interval.negated()
        following, current = self.end, self._step(self.end, back)
        if current <= moment or current >= following:
            return following
        if self.interval.is_exact:
            whole = -((moment - self.end) // self.interval.exact) - 1
            return self.end - self.interval.exact * min(times, whole)
        for _ in _counted(times):
            if current <= moment:
                break
            following, current = current, self._step(current, back)
        return following


def _counted(times: int) -> Iterator[int]:
    for step in range(times):
        if step == MAX_STEPS:
            raise ValueError(f"it would have to be counted for more than {MAX_STEPS} times")
        yield step


def parse_cycle(text: str, now: datetime) -> Cycle:
    """The intervals that a text names; without a start or an end they begin now."""
    parts = text.rstrip("/").split("/")
    if len(parts) > 3:
        raise ValueError(f"'{text}' has more than three parts")
    times = None
    if parts[0].startswith("R"):
        found = _RECURRENCE.fullmatch(parts.pop(0))
        if found is None:
            raise ValueError(f"'{text}' does not begin with R or R and a number")
        times = int(found[1] or FOR_EVER)
    if not parts:
        raise ValueError(f"'{text}' has no interval")
    zone = now.tzinfo
    if parts[0].startswith("P"):
        end = parse_moment(parts[1], zone).astimezone(UTC) if len(parts) > 1 else None
        start = now.astimezone(UTC) if end is None else None
        return Cycle(times=times, start=start, end=end, interval=parse_duration(parts[0]), zone=zone)
    if len(parts) == 1:
        raise ValueError(f"'{text}' has no interval")
    start = parse_moment(parts[0], zone).astimezone(UTC)
    if parts[1].startswith("P"):
        return Cycle(times=times, start=start, end=None, interval=parse_duration(parts[1]), zone=zone)
    end = parse_moment(parts[1], zone).astimezone(UTC)
    return Cycle(times=times, start=start, end=end, interval=between(start, end), zone=zone)
