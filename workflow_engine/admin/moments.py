"""How pages tell time: exact to the second in the site's zone, and relative to the engine's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def exact(value: datetime) -> str:
    local = timezone.localtime(value)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or ''}".rstrip()


def told(value: datetime, now: datetime) -> tuple[str, str]:
    """The exact time and, for example, "5 minutes ago" or "in 2 hours"."""
    return exact(value), relative(value, now)


def relative(value: datetime, now: datetime) -> str:
    distance = value - now
    if abs(distance) < timedelta(minutes=1):
        seconds = int(abs(distance).total_seconds())
        span = _("%(seconds)d s") % {"seconds": seconds}
    elif distance > timedelta():
        span = timesince(now, value, depth=1)
    else:
        span = timesince(value, now, depth=1)
    form = _("in %(span)s") if distance > timedelta() else _("%(span)s ago")
    return form % {"span": span}


def duration(milliseconds: int | None) -> str:
    """Of an activity: 12 ms, 3.4 s, 5 min 2 s, 3 h 10 min, 4 d 3 h."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    for size, unit, smaller, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} {int(seconds % size // smaller)} {small_unit}"
    raise AssertionError
