"""The hours in which history may be removed, in the site's time zone. Without a window: at any time."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from workflow_engine import conf

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DAY = timedelta(days=1)


def problem(value: Any) -> str | None:
    """What is wrong with the setting HISTORY_CLEANUP_WINDOW, or None."""
    if value is None:
        return None
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    if not is_pair or not all(isinstance(part, str) and _TIME.fullmatch(part) for part in value):
        return "it must be None or two times of the day such as ('22:00', '06:00')"
    return "it must not end when it starts" if value[0] == value[1] else None


def current_or_next(now: datetime) -> tuple[datetime, datetime] | None:
    """Start and end of the window that is open at this moment, or else opens next; None if there is no window."""
    window = conf.current().history_cleanup_window
    if window is None:
        return None
    first, last = (_parsed(text) for text in window)
    today = timezone.localtime(now, timezone.get_default_timezone()).date()
    for day in (today - DAY, today, today + DAY):
        start, end = (
            timezone.make_aware(datetime.combine(day, at), timezone.get_default_timezone()) for at in (first, last)
        )
        if end <= start:
            end = timezone.make_aware(datetime.combine(day + DAY, last), timezone.get_default_timezone())
        if now < end:
            return start, end
    raise AssertionError("tomorrow's window has not ended")


def is_open(now: datetime) -> bool:
    window = current_or_next(now)
    return window is None or window[0] <= now


def next_opening(moment: datetime) -> datetime:
    """This moment, if the window is open then, or when it opens next."""
    window = current_or_next(moment)
    return moment if window is None else max(moment, window[0])


def _parsed(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
