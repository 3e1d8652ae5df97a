"""When a timer is due: ISO 8601 dates, durations and cycles, and cron texts in Quartz's way."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeAlias

import isodate

from workflow_engine.engine import cron
from workflow_engine.engine.errors import ModelError

# isodate keeps years and months apart, because they have no fixed length; it ships no types.
Interval: TypeAlias = timedelta | Any
MAX_TIMES = 2**31 - 1


def due_date(kind: str, value: object, now: datetime, *, place: str | None = None) -> datetime:
    """The first due date of a timer. `value` is what its expression gave; ModelError names the element."""
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=now.tzinfo)
    if isinstance(value, timedelta) and kind == "duration":
        return now + value
    if not isinstance(value, str):
        raise ModelError(
            f"Timer '{place}' is configured with {value!r}: a date or a text like PT5M is needed.", activity_id=place
        )
    try:
        return _due_date(kind, value.strip(), now)
    except (ValueError, ArithmeticError, isodate.ISO8601Error) as error:
        raise ModelError(f"Timer '{place}' has the unusable {kind} '{value}': {error}", activity_id=place) from error


def _due_date(kind: str, text: str, now: datetime) -> datetime:
    if kind == "date":
        return parse_date(text, now.tzinfo)
    if kind == "duration" and "/" not in text and not text.startswith("R"):
        return add(now, parse_duration(text))
    if kind == "duration" or text.startswith("R"):
        found = _Repetition(text, now).first_after(now)
        if found is None:
            raise ValueError("it has no occurrence in the future")
        return found
    return cron.next_after(text, now)


def prepare_repeat(text: str, now: datetime) -> str:
    """A cycle without a start begins now: "R3/PT10M" becomes "R3/2026-11-21T10:00:00+00:00/PT10M"."""
    if text.startswith("R") and text.count("/") == 1:
        return text.replace("/", f"/{now.isoformat(timespec='milliseconds')}/")
    return text


def next_repeat(text: str, now: datetime, *, offset: int = 0) -> datetime | None:
    """The next due date of a repeating timer; None when it has repeated often enough. `offset` in milliseconds."""
    shift = timedelta(milliseconds=offset)
    if text.startswith("R"):
        found = _Repetition(text, now).first_after(now - shift)
        return None if found is None else found + shift
    return cron.next_after(text, now)


def parse_retry_cycle(text: str, *, place: str | None = None) -> tuple[int, list[Interval]]:
    """How many tries in all, and the intervals between them."""
    try:
        if text.startswith("R"):
            times, _, interval = text.partition("/")
            return int(times[1:] or MAX_TIMES), [parse_duration(interval)]
        intervals = [parse_duration(part.strip()) for part in text.split(",")]
        return len(intervals) + 1, intervals
    except (ValueError, isodate.ISO8601Error) as error:
        raise ModelError(
            f"'{text}' is no retry cycle for '{place}': R3/PT10M or PT1M,PT5M is needed.", activity_id=place
        ) from error


def add(moment: datetime, interval: Interval) -> datetime:
    result = moment + interval
    assert isinstance(result, datetime)
    return result


def parse_duration(text: str) -> Interval:
    if not text.startswith(("P", "-P")):
        raise ValueError(f"'{text}' is no duration like PT5M")
    duration: Interval = isodate.parse_duration(text)
    return duration


def parse_date(text: str, zone: tzinfo | None) -> datetime:
    """ISO 8601, date with or without time; without an offset it is local to `zone`."""
    if "T" not in text and " " not in text:
        day: date = isodate.parse_date(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    moment: datetime = isodate.parse_datetime(text.replace(" ", "T"))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


class _Repetition:
    """R[n]/[start/]interval[/end] of ISO 8601, with or without R."""

    def __init__(self, text: str, now: datetime) -> None:
        parts = text.split("/")
        self.times = 1
        if parts[0].startswith("R"):
            self.times = int(parts[0][1:]) if len(parts[0]) > 1 else MAX_TIMES
            parts = parts[1:]
        if not 1 <= len(parts) <= 2:
            raise ValueError("R3/PT10M, R3/start/PT10M or R3/PT10M/end is needed")
        self.start: datetime | None = None
        self.end: datetime | None = None
        if parts[0].startswith("P"):
            self.interval = parse_duration(parts[0])
            if len(parts) == 2:
                self.end = parse_date(parts[1], now.tzinfo)
        else:
            self.start = parse_date(parts[0], now.tzinfo)
            if len(parts) != 2:
                raise ValueError("the interval is missing")
            if parts[1].startswith("P"):
                self.interval = parse_duration(parts[1])
            else:
                self.interval = parse_date(parts[1], now.tzinfo) - self.start
        if self.start is None and self.end is None:
            self.start = now
        if add(now, self.interval) <= now:
            raise ValueError("the interval must be longer than zero")

    def first_after(self, moment: datetime) -> datetime | None:
        """The next occurrence after `moment` that the count still allows."""
        if self.start is not None:
            return self._forward(self.start, moment)
        assert self.end is not None
        return self._backward(self.end, moment)

    def _forward(self, start: datetime, moment: datetime) -> datetime | None:
        steps = self._steps(start, moment)
        if steps is not None:
            count = min(steps, self.times)
            current: datetime = start + self.interval * count
            return None if current < moment else current
        current = start
        for _ in range(self.times):
            if current > moment:
                break
            current = add(current, self.interval)
        return None if current < moment else current

    def _steps(self, start: datetime, moment: datetime) -> int | None:
        """How many fixed intervals lead beyond `moment`; None when months and years make them unequal."""
        if not isinstance(self.interval, timedelta):
            return None
        return 0 if start > moment else (moment - start) // self.interval + 1

    def _backward(self, end: datetime, moment: datetime) -> datetime | None:
        following = end
        current: datetime = end - self.interval
        for _ in range(self.times):
            if current <= moment:
                break
            current, following = current - self.interval, current
        return None if following < moment else following
