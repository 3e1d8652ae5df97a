"""Cron texts in Quartz's way: seconds first, `?`, `L`, `W`, `LW`, `#`, weekdays from 1 = Sunday, an optional year.

croniter counts days of the week and the last days of a month differently, so its fields are translated here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from croniter import croniter

_NAMES = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}


def next_after(text: str, moment: datetime) -> datetime:
    """The next moment after `moment`; ValueError for a text that Quartz would not read."""
    fields = text.split()
    if len(fields) not in (6, 7):
        raise ValueError("a cron text has 6 or 7 fields: seconds minutes hours day-of-month month day-of-week [year]")
    day, weekday = fields[3].upper(), fields[5].upper()
    if (day == "?") == (weekday == "?") and "?" in (day, weekday):
        raise ValueError("'?' can stand for one of day-of-month and day-of-week only")
    fields[3] = "*" if day == "?" else day
    fields[5] = "*" if weekday == "?" else _weekday(weekday)
    wanted_last_weekday = fields[3] == "LW"
    if wanted_last_weekday:
        fields[3] = "L"
    if not croniter.is_valid(" ".join(fields), second_at_beginning=True):
        raise ValueError(f"'{text}' is no cron text")
    if wanted_last_weekday:
        return _last_weekday(fields, moment)
    found = croniter(" ".join(fields), moment, second_at_beginning=True).get_next(datetime)
    assert isinstance(found, datetime)
    return found


def _weekday(field: str) -> str:
    """Quartz counts 1 = Sunday to 7 = Saturday; croniter 0 = Sunday to 6 and writes the last Friday as L5."""
    if field == "L":
        return "6"
    return ",".join(_weekday_part(part) for part in field.split(","))


def _weekday_part(part: str) -> str:
    last = re.fullmatch(r"(\w+)L", part)
    if last:
        return f"L{_day_number(last[1])}"
    nth = re.fullmatch(r"(\w+)#(\d)", part)
    if nth:
        return f"{_day_number(nth[1])}#{nth[2]}"
    return re.sub(r"[A-Z]{3}|(?<![/\d])\d+", lambda match: str(_day_number(match[0])), part)


def _day_number(text: str) -> int:
    if text in _NAMES:
        return _NAMES[text]
    number = int(text)
    if not 1 <= number <= 7:
        raise ValueError(f"day of week {number} is not between 1 (Sunday) and 7 (Saturday)")
    return number - 1


def _last_weekday(fields: list[str], moment: datetime) -> datetime:
    """LW: the last day of the month that is no Saturday and no Sunday."""
    search = moment - timedelta(days=3)
    for _ in range(1200):
        last_day = croniter(" ".join(fields), search, second_at_beginning=True).get_next(datetime)
        assert isinstance(last_day, datetime)
        found = last_day - timedelta(days=max(0, last_day.weekday() - 4))
        if found > moment:
            return found
        search = last_day
    raise ValueError("it has no occurrence in the next hundred years")
