"""When a timer is due: ISO 8601 dates, durations and cycles, and cron texts.

A time without an offset is local to the zone of `now`, and so are days and cron times: that zone is the site's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflow_engine.engine import cron
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.iso_cycles import parse_cycle
from workflow_engine.engine.iso_dates import parse_moment
from workflow_engine.engine.iso_durations import parse_duration

# A model must not keep a sweeper busy for ever: "R/PT0.001S" repeats once a second.
SHORTEST_CYCLE = timedelta(seconds=1)


def due_date(kind: str, value: object, now: datetime, *, place: str | None = None) -> datetime | None:
    """The first due date of a timer: of a cycle that is over by now there is none, so its timer is due at once.

    `kind` is "date", "duration" or "cycle", `value` what the timer's expression gave; ModelError names the element.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=now.tzinfo)
    if isinstance(value, timedelta) and kind == "duration":
        return (now.astimezone(UTC) + value).astimezone(now.tzinfo)
    if not isinstance(value, str):
        raise ModelError(
            f"Timer '{place}' is configured with {value!r}: a date or a text like PT5M is needed.", activity_id=place
        )
    try:
        return _due_date(kind, value.strip(), now)
    except (ValueError, ArithmeticError) as error:
        raise ModelError(f"Timer '{place}' has the unusable {kind} '{value}': {error}.", activity_id=place) from error


def _due_date(kind: str, text: str, now: datetime) -> datetime | None:
    if kind == "date":
        return parse_duration(text).after(now) if text.startswith("P") else parse_moment(text, now.tzinfo)
    if kind == "duration" or text.startswith("R"):
        return parse_cycle(text, now).first_after(now)
    return cron.next_after(text, now)


def prepare_repeat(text: str, now: datetime) -> str:
    """A cycle without a start begins now: "R3/PT10M" becomes "R3/2026-11-21T10:00:00.000+00:00/PT10M"."""
    text = text.strip()
    if text.startswith("R") and text.count("/") == 1:
        return text.replace("/", f"/{now.isoformat(timespec='milliseconds')}/")
    return text


def next_repeat(text: str, now: datetime, *, offset: int = 0) -> datetime | None:
    """The next due date of a repeating timer that is run now; None when it has repeated often enough.

    `offset` (milliseconds): somebody moved the timer and what follows it by so much.
    """
    if not text.startswith("R"):
        return cron.next_after(text, now)
    shift = timedelta(milliseconds=offset)
    cycle = parse_cycle(text, now)
    found = cycle.next_after(now.astimezone(UTC) - shift, is_last_spent=True)
    if found is None:
        return None
    found = found.astimezone(UTC) + shift
    if cycle.interval.is_exact and cycle.interval.exact < SHORTEST_CYCLE:
        found = max(found, now + SHORTEST_CYCLE)
    return found.astimezone(now.tzinfo)
