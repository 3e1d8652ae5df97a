"""Cron texts as Camunda 7.24 reads them: `0 30 9 ? * MON-FRI` is half past nine on every working day.

Six fields from seconds to days of the week (1 is Monday, 0 and 7 are Sunday), and a year if one likes; or a name like
`@daily`. Day of month and day of week must both hold; `?` leaves one of them open. Times are local to the zone of the moment
that is asked about: what falls into the hour that summer time skips does not come that day.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from workflow_engine.engine.cron_fields import Schedule, parse_schedule

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1000)
def _schedule(text: str) -> Schedule:
    return parse_schedule(text)


def next_after(text: str, moment: datetime) -> datetime:
    """The next moment after `moment`, in its zone; ValueError for what is no cron text or never comes."""
    schedule = _schedule(text)
    zone = moment.tzinfo
    assert zone is not None
    local = moment.replace(microsecond=0, tzinfo=None, fold=0)
    found = schedule.next_local(local + SECOND)
    if _is_repeated(local, zone) and not moment.fold:
        again = _in_second_pass(schedule, local, found, zone)
        if again is not None:
            return again
    while _is_skipped(found, zone):
        found = schedule.next_local(found + SECOND)
    in_second_pass = moment.fold and _is_repeated(found, zone) and found.date() == local.date()
    return found.replace(tzinfo=zone, fold=1 if in_second_pass else 0)


def _in_second_pass(schedule: Schedule, local: datetime, found: datetime, zone: tzinfo) -> datetime | None:
    """From within the hour that the clock is about to repeat: what comes in its second pass before anything else.

    What comes once a day comes in the first pass only; what goes on every few minutes or every hour does not pause.
    """
    end = _end_of_repetition(local, zone)
    if found < end:
        return None
    candidate = schedule.next_local(end - _put_back(local, zone))
    while candidate < end:
        if schedule.goes_on_at(candidate):
            return candidate.replace(tzinfo=zone, fold=1)
        candidate = schedule.next_local(candidate + SECOND)
    return None


def _end_of_repetition(local: datetime, zone: tzinfo) -> datetime:
    """The local time at which the clock is put back, to the second."""
    inside, outside = local, local + _put_back(local, zone)
    while outside - inside > SECOND:
        middle = (inside + (outside - inside) / 2).replace(microsecond=0)
        if _is_repeated(middle, zone):
            inside = middle
        else:
            outside = middle
    return outside


def _put_back(local: datetime, zone: tzinfo) -> timedelta:
    """How far the clock is put back around this local time; negative where it is put forward."""
    before = local.replace(tzinfo=zone, fold=0).utcoffset()
    after = local.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before - after


def _is_repeated(local: datetime, zone: tzinfo) -> bool:
    return _put_back(local, zone) > timedelta()


def _is_skipped(local: datetime, zone: tzinfo) -> bool:
    return _put_back(local, zone) < timedelta()
