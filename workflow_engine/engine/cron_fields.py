"""The fields of a cron text and the days and times that they name. Knows no time zones: see `cron.py`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

YEARS_AHEAD = 100  # 29 February on a Monday may be 40 years away; what does not come by then never does
NICKNAMES = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}

DayRule = Callable[[int, int], set[int]]  # the days of a month of a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()  # of `low` and the numbers after it
    cycle: int = 0  # how many there are, where a range may run over the end: FRI-MON; 0 where it may not


SECOND = Field(name="second", low=0, high=59)
MINUTE = Field(name="minute", low=0, high=59)
HOUR = Field(name="hour", low=0, high=23)
DAY = Field(name="day of month", low=1, high=31, cycle=31)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTH = Field(name="month", low=1, high=12, names=MONTHS, cycle=12)
WEEKDAY = Field(name="day of week", low=0, high=7, names=("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), cycle=7)
YEAR = Field(name="year", low=1970, high=2099)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    seconds: list[int]
    minutes: list[int]
    hours: list[int]
    day_rules: tuple[DayRule, ...]  # all of them must hold
    months: frozenset[int]
    years: frozenset[int] | None  # None: every year

    def next_local(self, start: datetime) -> datetime:
        """The first moment at `start` or later, both without a zone."""
        for day in self._days(start.date()):
            found = self._next_time(start.time() if day == start.date() else time())
            if found is not None:
                return datetime.combine(day, found)
        raise ValueError(f"it does not come in the next {YEARS_AHEAD} years")

    def _days(self, first: date) -> Iterator[date]:
        for year in range(first.year, min(first.year + YEARS_AHEAD, 9998) + 1):
            if self.years is not None and year not in self.years:
                continue
            for month in sorted(self.months):
                if (year, month) >= (first.year, first.month):
                    days = set(range(1, monthrange(year, month)[1] + 1))
                    for rule in self.day_rules:
                        days &= rule(year, month)
                    yield from (day for number in sorted(days) if (day := date(year, month, number)) >= first)

    def _next_time(self, earliest: time) -> time | None:
        for hour in self.hours:
            for minute in self.minutes if hour >= earliest.hour else ():
                if (hour, minute) >= (earliest.hour, earliest.minute):
                    for second in self.seconds:
                        if (found := time(hour, minute, second)) >= earliest:
                            return found
        return None

    def goes_on_at(self, local: datetime) -> bool:
        """Whether it comes several times in this hour, or in the next one too."""
        return len(self.minutes) > 1 or len(self.seconds) > 1 or (local.hour + 1) % 24 in self.hours


def parse_schedule(text: str) -> Schedule:
    text = NICKNAMES.get(text.strip().lower(), text)
    fields = text.upper().split()
    if len(fields) not in (6, 7):
        raise ValueError("a cron text has 6 or 7 fields: seconds minutes hours day-of-month month day-of-week [year]")
    if fields[3] == fields[5] == "?":
        raise ValueError("'?' can stand for one of day-of-month and day-of-week only")
    return Schedule(
        seconds=sorted(_numbers(fields[0], SECOND)),
        minutes=sorted(_numbers(fields[1], MINUTE)),
        hours=sorted(_numbers(fields[2], HOUR)),
        day_rules=(_any_of(fields[3], _month_day_rule), _any_of(fields[5], _weekday_rule)),
        months=frozenset(_numbers(fields[4], MONTH)),
        years=frozenset(_numbers(fields[6], YEAR)) if len(fields) == 7 and fields[6] != "*" else None,
    )


# -- numbers --------------------------------------------------------------------------------------


def _numbers(text: str, field: Field) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        found |= _part(part, field)
    return found


def _part(part: str, field: Field) -> set[int]:
    """`*`, `5`, `5-9`, and each with a step: `*/2`, `5/2` (from 5 on), `5-9/2`."""
    span, slash, step_text = part.partition("/")
    step = _step(step_text, field) if slash else 1
    begin, dash, end = ("*", "", "") if span == "*" else span.partition("-")
    first = field.low if span == "*" else _value(begin, field)
    if field is WEEKDAY and slash and not dash:
        first %= 7  # 7 is Sunday as 0 is: 7/2 is every second day from Sunday on
    last = _value(end, field) if dash else field.high if slash or span == "*" else first
    if first > last:
        if not field.cycle:
            raise ValueError(f"the range {span} of the {field.name} runs backwards")
        last += field.cycle
    numbers = range(first, last + 1, step)
    return {field.low + (number - field.low) % field.cycle for number in numbers} if field.cycle else set(numbers)


def _step(text: str, field: Field) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= field.high:
        raise ValueError(f"the step '{text}' of the {field.name} is not between 1 and {field.high}")
    return int(text)


def _value(text: str, field: Field) -> int:
    if text in field.names:
        return field.low + field.names.index(text)
    if not text.isascii() or not text.isdigit() or not field.low <= int(text) <= field.high:
        raise ValueError(f"the {field.name} '{text}' is not between {field.low} and {field.high}")
    return int(text)


# -- days -----------------------------------------------------------------------------------------


def _any_of(text: str, rule: Callable[[str], DayRule]) -> DayRule:
    rules = [rule(part) for part in ("*" if text == "?" else text).split(",")]
    return lambda year, month: set().union(*(single(year, month) for single in rules))


def _month_day_rule(part: str) -> DayRule:
    """Besides numbers: `L` the last day, `L-3` three days before it, `LW` its last working day, `15W` the nearest one."""
    if part == "LW":
        return lambda year, month: {_nearest_working_day(year, month, monthrange(year, month)[1])}
    from_last = re.fullmatch(r"L(?:-(\d\d?))?", part)
    if from_last:
        days_before = int(from_last[1] or 0)
        return lambda year, month: {monthrange(year, month)[1] - days_before}
    nearest = re.fullmatch(r"(\d\d?)W", part)
    if nearest:
        wanted = _value(nearest[1], DAY)
        return lambda year, month: {_nearest_working_day(year, month, wanted)}
    numbers = _part(part, DAY)
    return lambda year, month: numbers


def _nearest_working_day(year: int, month: int, wanted: int) -> int:
    """In the same month; 0 if the month has no such day."""
    last = monthrange(year, month)[1]
    if wanted > last:
        return 0
    weekday = date(year, month, wanted).weekday()
    if weekday == 5:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 6:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _weekday_rule(part: str) -> DayRule:
    """Besides numbers and names: `FRIL` the last Friday, `MON#2` the second Monday, `L` Sunday."""
    if part == "L":
        return _weekday_rule("SUN")
    last = re.fullmatch(r"(\w+)L", part)
    if last:
        wanted = _value(last[1], WEEKDAY)
        return lambda year, month: set(_weekdays(year, month, wanted)[-1:])
    nth = re.fullmatch(r"(\w+)#([1-5])", part)
    if nth:
        wanted, position = _value(nth[1], WEEKDAY), int(nth[2])
        return lambda year, month: set(_weekdays(year, month, wanted)[position - 1 : position])
    numbers = _part(part, WEEKDAY)
    return lambda year, month: {day for number in numbers for day in _weekdays(year, month, number)}


def _weekdays(year: int, month: int, wanted: int) -> list[int]:
    """The days of the month that are this day of the week (0 is Sunday)."""
    first, length = monthrange(year, month)  # 0 is Monday
    begin = (wanted - 1 - first) % 7 + 1
    return list(range(begin, length + 1, 7))
