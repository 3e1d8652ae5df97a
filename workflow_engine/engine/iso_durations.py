"""Durations of ISO 8601 as XML Schema writes them: P1Y2M3DT4H5M6.789S; and P2W.

Years, months and days keep the time of day in the zone of the moment they are added to, hours and less are exact time. So
P1D over a change to summer time is 23 hours, PT24H never is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_PATTERN = re.compile(
    r"P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d+)?S)?)?", re.ASCII
)
_WEEKS = re.compile(r"P(\d+)W", re.ASCII)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    years: int = 0
    months: int = 0
    days: int = 0
    exact: timedelta = _NOTHING

    @property
    def is_exact(self) -> bool:
        return not (self.years or self.months or self.days)

    def negated(self) -> Duration:
        return Duration(years=-self.years, months=-self.months, days=-self.days, exact=-self.exact)

    def after(self, moment: datetime) -> datetime:
        """The moment that lies this far behind (or, negated, before) the given one."""
        for months in (12 * self.years, self.months):
            if months:
                moment = _add_months(moment, months)
        if self.days:
            moment = _add_days(moment, self.days)
        if self.exact:
            moment = (moment.astimezone(UTC) + self.exact).astimezone(moment.tzinfo)
        return moment


def parse_duration(text: str) -> Duration:
    weeks = _WEEKS.fullmatch(text)
    if weeks:
        return Duration(days=7 * _number(weeks[1]))
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no duration like PT5M or P1DT12H")
    years, months, days, hours, minutes, seconds = (_number(part) for part in found.groups()[:6])
    milliseconds = int((found[7] or ".")[1:4].ljust(3, "0"))
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
    return Duration(years=years, months=months, days=days, exact=exact)


def between(start: datetime, end: datetime) -> Duration:
    """The distance of two moments: whole days, and exact time for the rest."""
    days, rest = divmod(abs(end - start), timedelta(days=1))
    duration = Duration(days=days, exact=rest)
    return duration if end >= start else duration.negated()


def _number(digits: str | None) -> int:
    if digits is not None and len(digits) > 9:
        raise ValueError(f"{digits[:20]} is too large a number for a duration")
    return int(digits or 0)


def _add_months(moment: datetime, months: int) -> datetime:
    """On the same day of the month, or on its last day where it is too short."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("it leads out of the calendar")
    day = min(moment.day, monthrange(year, month + 1)[1])
    return in_zone(moment.replace(year=year, month=month + 1, day=day, tzinfo=None, fold=0), moment.tzinfo, later=True)


def _add_days(moment: datetime, days: int) -> datetime:
    """At the same time of day; where the clock skips it, earlier by as much as it skips."""
    wanted = moment.replace(tzinfo=None, fold=0) + timedelta(days=days)
    offset = _offset(moment)
    unshifted = (wanted - offset).replace(tzinfo=UTC).astimezone(moment.tzinfo)
    shifted = (unshifted.astimezone(UTC) + offset - _offset(unshifted)).astimezone(moment.tzinfo)
    return shifted if shifted.date() == wanted.date() else unshifted


def in_zone(local: datetime, zone: tzinfo | None, *, later: bool) -> datetime:
    """A local time in its zone. One that comes twice is the later or the earlier; one that is skipped moves on by the gap."""
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if _offset(first) < _offset(second):
        return first.astimezone(UTC).astimezone(zone)
    return second if later and _offset(first) > _offset(second) else first


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    assert offset is not None
    return offset
