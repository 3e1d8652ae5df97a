"""Dates and times of ISO 8601, in the forms that Camunda accepts: a date, a date with a time, or a time alone.

Dates are 2026-11-21, 2026-11, 2026, 2026-325 (day of the year) or 2026-W47-6 (week and day); times T10, T10:30, T10:30:15.5,
with a fraction of whatever comes last; then Z, +01, +01:00 or nothing: then the time is local to the given zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_MOMENT = re.compile(
    r"(?P<date>[+-]?\d{1,9}(?:-W\d{1,2}(?:-\d)?|-\d{3}|-\d{1,2}(?:-\d{1,2})?)?)?"
    r"(?P<has_time>T(?:(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}))?)?(?P<fraction>[.,]\d{1,9})?)?"
    r"(?P<offset>Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def parse_moment(text: str, zone: tzinfo | None) -> datetime:
    """The moment, in `zone`; ValueError for what is none."""
    found = _MOMENT.fullmatch(text)
    if found is None or text in ("", "T", "t"):
        raise ValueError(f"'{text}' is no date and time like 2026-11-21T10:30:00")
    day = _date(found["date"]) if found["date"] else date(1970, 1, 1)
    local = datetime.combine(day, datetime.min.time()) + _time_of_day(found)
    if found["offset"] is not None:
        return local.replace(tzinfo=_offset(found["offset"])).astimezone(zone)
    moment = local.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"the clock is put forward over {local.isoformat()}: that time does not exist")
    return moment


def _date(text: str) -> date:
    year_text, _, rest = text[1:].partition("-")
    year = int(text[0] + year_text)
    if rest[:1] in ("W", "w"):
        week, _, day = rest[1:].partition("-")
        return date.fromisocalendar(year, int(week), int(day or 1))
    if len(rest) == 3 and rest.isdigit():
        first = date(year, 1, 1)
        found = first + timedelta(days=int(rest) - 1)
        if found.year != year:
            raise ValueError(f"{year} has no day {rest}")
        return found
    month, _, day = rest.partition("-")
    return date(year, int(month or 1), int(day or 1))


def _time_of_day(found: re.Match[str]) -> timedelta:
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{hour}:{minute:02}:{second:02} is no time of day")
    last = timedelta(hours=1) if found["minute"] is None else timedelta(minutes=1)
    if found["second"] is not None:
        last = timedelta(seconds=1)
    fraction = float("0" + found["fraction"].replace(",", ".")) if found["fraction"] else 0.0
    whole = timedelta(hours=hour, minutes=minute, seconds=second)
    # Milliseconds, as Java's dates: nothing finer is kept.
    return whole + timedelta(milliseconds=int(last / timedelta(milliseconds=1) * fraction + 1e-6))


def _offset(text: str) -> tzinfo:
    if text in ("Z", "z"):
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"'{text}' is no offset from UTC")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text[0] == "-" else offset)
