"""Dates, durations and cycles: what Camunda 7.24 makes of them in Berlin, recorded with its own calendars."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflow_engine.engine import timers
from workflow_engine.engine.errors import ModelError

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 1, 31, 12, tzinfo=BERLIN)
# Text of a timeDuration, and when it is due; nothing: it is over, the timer is due at once.
DURATIONS = [
    ("PT5M", "2026-01-31 12:05:00.000+01:00"),
    ("PT36H", "2026-02-02 00:00:00.000+01:00"),
    ("P1D", "2026-02-01 12:00:00.000+01:00"),
    ("P2W", "2026-02-14 12:00:00.000+01:00"),
    ("P1M", "2026-02-28 12:00:00.000+01:00"),
    ("P1M1D", "2026-03-01 12:00:00.000+01:00"),
    ("P1Y2M3DT4H5M6.789S", "2027-04-03 16:05:06.789+02:00"),
    ("PT1.5S", "2026-01-31 12:00:01.500+01:00"),
    ("P0D", "2026-01-31 12:00:00.000+01:00"),
    ("R3/PT10M", "2026-01-31 12:10:00.000+01:00"),
    ("R/PT10M", "2026-01-31 12:10:00.000+01:00"),
    ("R0/PT1H", "2026-01-31 12:00:00.000+01:00"),
    ("P1D/2026-05-01", "2026-05-01 00:00:00.000+02:00"),
    ("2026-05-01/P1D", "2026-05-02 00:00:00.000+02:00"),
    ("2026-05-01/2026-06-01", "2026-06-01 00:00:00.000+02:00"),
    ("R3/2026-05-01/PT1H", "2026-05-01 00:00:00.000+02:00"),
    ("R3/PT1H/2026-05-01", "2026-04-30 21:00:00.000+02:00"),
    ("R3/PT10M/2026-01-31T12:30:00", "2026-01-31 12:10:00.000+01:00"),
    ("R2/2026-01-31T11:00:00/2026-01-31T11:40:00", "2026-01-31 12:20:00.000+01:00"),
    ("R2/2026-01-31T11:00:00/PT30M", "2026-01-31 12:00:00.000+01:00"),
    ("R1/2026-01-31T11:00:00/PT30M", None),
    ("R3/2020-01-01/P1D", None),
]
# Moment, duration, and when it is due. The clock is put forward on 29 March and back on 25 October.
OVER_A_CHANGE = [
    ("2026-03-28 12:00+01:00", "P1D", "2026-03-29 12:00+02:00"),
    ("2026-03-28 12:00+01:00", "PT24H", "2026-03-29 13:00+02:00"),
    ("2026-03-28 02:30+01:00", "P1D", "2026-03-29 01:30+01:00"),
    ("2026-03-28 02:30+01:00", "P2D", "2026-03-30 02:30+02:00"),
    ("2026-02-28 02:30+01:00", "P1M", "2026-03-28 02:30+01:00"),
    ("2025-03-29 02:30+01:00", "P1Y", "2026-03-29 03:30+02:00"),
    ("2026-10-24 12:00+02:00", "P1D", "2026-10-25 12:00+01:00"),
    ("2026-10-24 12:00+02:00", "PT24H", "2026-10-25 11:00+01:00"),
    ("2026-10-24 02:30+02:00", "P1D", "2026-10-25 02:30+02:00"),
    ("2026-09-25 02:30+02:00", "P1M", "2026-10-25 02:30+01:00"),
    ("2026-10-25 02:30+01:00", "P1D", "2026-10-26 02:30+01:00"),
    ("2026-10-25 01:30+02:00", "PT2H", "2026-10-25 02:30+01:00"),
]
DATES = [
    ("2026-11-21T10:30:00", "2026-11-21 10:30:00.000+01:00"),
    ("2026-11-21T10:30:00Z", "2026-11-21 11:30:00.000+01:00"),
    ("2026-11-21T10:30:00+05:30", "2026-11-21 06:00:00.000+01:00"),
    ("2026-11-21T10:30:00-0500", "2026-11-21 16:30:00.000+01:00"),
    ("2026-11-21T10:30:00+01", "2026-11-21 10:30:00.000+01:00"),
    ("2026-11-21T10:30:00.123456Z", "2026-11-21 11:30:00.123+01:00"),
    ("2026-11-21T10:30:00,5", "2026-11-21 10:30:00.500+01:00"),
    ("2026-11-21T10:30", "2026-11-21 10:30:00.000+01:00"),
    ("2026-11-21T10:30.5", "2026-11-21 10:30:30.000+01:00"),
    ("2026-11-21T10", "2026-11-21 10:00:00.000+01:00"),
    ("2026-11-21T10.5Z", "2026-11-21 11:30:00.000+01:00"),
    ("2026-11-21T", "2026-11-21 00:00:00.000+01:00"),
    ("2026-11-21", "2026-11-21 00:00:00.000+01:00"),
    ("2026-11", "2026-11-01 00:00:00.000+01:00"),
    ("2026", "2026-01-01 00:00:00.000+01:00"),
    ("2026-1-2T3:4:5", "2026-01-02 03:04:05.000+01:00"),
    ("2026-325", "2026-11-21 00:00:00.000+01:00"),
    ("2024-366", "2024-12-31 00:00:00.000+01:00"),
    ("2026-W47", "2026-11-16 00:00:00.000+01:00"),
    ("2026-W47-6", "2026-11-21 00:00:00.000+01:00"),
    ("2026-10-25T02:30:00", "2026-10-25 02:30:00.000+02:00"),
    ("P1D", "2026-02-01 12:00:00.000+01:00"),
    ("PT1H", "2026-01-31 13:00:00.000+01:00"),
]
# When a repeating timer is run, its cycle, by how many milliseconds somebody has moved it, and when it is due next.
REPEATED = [
    ("2026-01-31 12:05+01:00", "R3/2026-01-31T12:00:00/PT10M", 0, "2026-01-31 12:10+01:00"),
    ("2026-01-31 12:11+01:00", "R3/2026-01-31T12:00:00/PT10M", 0, "2026-01-31 12:20+01:00"),
    ("2026-01-31 12:21+01:00", "R3/2026-01-31T12:00:00/PT10M", 0, "2026-01-31 12:30+01:00"),
    ("2026-01-31 12:31+01:00", "R3/2026-01-31T12:00:00/PT10M", 0, None),
    ("2026-02-28 12:01+01:00", "R/2026-01-31T12:00:00/P1M", 0, "2026-03-28 12:00+01:00"),
    ("2026-03-28 12:01+01:00", "R/2026-01-31T12:00:00/P1M", 0, "2026-04-28 12:00+02:00"),
    ("2026-01-31 12:11+01:00", "R3/2026-01-31T12:00:00/PT10M", 300000, "2026-01-31 12:15+01:00"),
    ("2026-01-31 12:11+01:00", "0 0 9 * * ?", 0, "2026-02-01 09:00+01:00"),
]
REFUSED = {
    "duration": "P PT P1DT P1H PT1D PT1.5H P1.5D P1Y1W p1d PT5m -PT5M P-1D PT1,5S R R3 R3/ Rx/PT1H /PT5M PT5M/P1D a/b"
    " R1/PT1H/2026-01-01/x PT99999999999H P9999Y",
    "date": "T tomorrow 2026-13-01 2026-02-30 2026-11-21_10:30:00 2026-11-21T24:00 2026-11-21T10:60 2026-W54 2026-366"
    " 20261121 2026/11/21 1795257000000 2026-03-29T02:30:00 2026-11-21T10:30+25:00",
    "cycle": "often R3/P 0_0_25_*_*_?",
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(BERLIN)


@pytest.mark.parametrize(("text", "expected"), DURATIONS)
def test_durations_as_recorded(text: str, expected: str | None) -> None:
    found = timers.due_date("duration", text, NOON)
    assert (found and found.isoformat(" ", "milliseconds")) == expected


@pytest.mark.parametrize(("begin", "text", "expected"), OVER_A_CHANGE)
def test_days_keep_the_time_of_day_and_hours_do_not(begin: str, text: str, expected: str) -> None:
    found = timers.due_date("duration", text, moment(begin))
    assert found is not None
    assert found.isoformat(" ", "minutes") == expected


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates_as_recorded(text: str, expected: str) -> None:
    found = timers.due_date("date", text, NOON)
    assert found is not None
    assert found.isoformat(" ", "milliseconds") == expected


@pytest.mark.parametrize(("run_at", "text", "offset", "expected"), REPEATED)
def test_repetitions_as_recorded(run_at: str, text: str, offset: int, expected: str | None) -> None:
    found = timers.next_repeat(text, moment(run_at), offset=offset)
    assert (found and found.isoformat(" ", "minutes")) == expected


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REFUSED.items() for text in ["", *texts.split()]]
)
def test_unusable_texts_name_the_timer(kind: str, text: str) -> None:
    with pytest.raises(ModelError, match=f"Timer 'late' has the unusable {kind}") as refused:
        timers.due_date(kind, text.replace("_", " "), NOON, place="late")
    assert refused.value.activity_id == "late"


def test_five_weeks_are_thirty_five_days() -> None:
    assert timers.due_date("duration", "P5W", NOON) == NOON + timedelta(days=35)  # Camunda: a month and four days


def test_values_that_are_no_text() -> None:
    later = datetime(2026, 5, 1, tzinfo=UTC)
    assert timers.due_date("date", later, NOON) is later
    assert timers.due_date("duration", later, NOON) is later
    assert timers.due_date("date", datetime(2026, 5, 1), NOON) == datetime(2026, 5, 1, tzinfo=BERLIN)  # noqa: DTZ001
    assert timers.due_date("duration", timedelta(hours=1), NOON) == NOON + timedelta(hours=1)
    with pytest.raises(ModelError, match="Timer 'late' is configured with 5: a date or a text like PT5M is needed"):
        timers.due_date("duration", 5, NOON, place="late")


def test_a_cycle_without_a_start_begins_when_it_is_prepared() -> None:
    assert timers.prepare_repeat("R3/PT10M", NOON) == "R3/2026-01-31T12:00:00.000+01:00/PT10M"
    assert timers.prepare_repeat("R3/2026-05-01/PT10M", NOON) == "R3/2026-05-01/PT10M"
    assert timers.prepare_repeat("0 0 9 * * ?", NOON) == "0 0 9 * * ?"


@pytest.mark.parametrize("delay", [timedelta(), timedelta(seconds=3)])
def test_three_times_are_three_times(delay: timedelta) -> None:
    repeat = timers.prepare_repeat("R3/PT10M", NOON)
    due = timers.due_date("cycle", "R3/PT10M", NOON)
    times = []
    while due is not None:
        times.append((due - NOON) // timedelta(minutes=1))
        due = timers.next_repeat(repeat, due + delay)
    assert times == [10, 20, 30]


def test_missed_repetitions_are_not_made_up_for() -> None:
    repeat = timers.prepare_repeat("R/PT1S", NOON)
    assert timers.next_repeat(repeat, NOON + timedelta(days=4000, milliseconds=1)) == NOON + timedelta(
        days=4000, seconds=1
    )


def test_a_start_in_the_distant_past_is_no_endless_count() -> None:
    with pytest.raises(ValueError, match="more than 100000 times"):
        timers.next_repeat("R/0001-01-02/P1D", NOON)


def test_a_cycle_shorter_than_a_second_repeats_once_a_second() -> None:
    start = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    cycle = f"R/{start.isoformat(timespec='milliseconds')}/PT0.001S"
    late = start + timedelta(milliseconds=5)
    assert timers.next_repeat(cycle, late) == late + timedelta(seconds=1)
    grid = cycle.replace("PT0.001S", "PT1S")
    assert timers.next_repeat(grid, late) == start + timedelta(seconds=1)
