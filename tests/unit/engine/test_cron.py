"""Cron texts: what Camunda 7.24 makes of them, recorded with its own calendar, and where we know better."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from workflow_engine.engine import cron

BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
# Text, and when it comes next after Thursday noon.
RECORDED = [
    ("0 0 9 * * ?", "2026-01-02 09:00:00"),
    ("0 30 9 ? * MON-FRI", "2026-01-02 09:30:00"),
    ("0 0 9 15 * ?", "2026-01-15 09:00:00"),
    ("0 0 9 ? * 1", "2026-01-05 09:00:00"),
    ("0 0 9 ? * 0", "2026-01-04 09:00:00"),
    ("0 0 9 ? * 7", "2026-01-04 09:00:00"),
    ("0 0 9 ? * sun", "2026-01-04 09:00:00"),
    ("0 0 9 ? * FRI-MON", "2026-01-02 09:00:00"),
    ("0 0 9 ? * 5-7", "2026-01-02 09:00:00"),
    ("0 0 9 ? * 0-7", "2026-01-02 09:00:00"),
    ("0 0 9 ? * 2/2", "2026-01-03 09:00:00"),
    ("0 0 9 ? * 7/2", "2026-01-03 09:00:00"),
    ("0 0 9 ? * */2", "2026-01-03 09:00:00"),
    ("0 0 9 ? * MON/2", "2026-01-02 09:00:00"),
    ("0 0 9 ? * 1-5/2", "2026-01-02 09:00:00"),
    ("0 0 9 15 * MON", "2026-06-15 09:00:00"),
    ("0 0 9 15,20 * 1-5", "2026-01-15 09:00:00"),
    ("0 0 9 L * MON", "2026-08-31 09:00:00"),
    ("0 0 9 ? * FRIL", "2026-01-30 09:00:00"),
    ("0 0 9 ? * 1L", "2026-01-26 09:00:00"),
    ("0 0 9 ? * L", "2026-01-04 09:00:00"),
    ("0 0 9 ? * FRI#3", "2026-01-16 09:00:00"),
    ("0 0 9 ? * MON#5", "2026-03-30 09:00:00"),
    ("0 0 9 ? * MON#1,MON#3", "2026-01-05 09:00:00"),
    ("0 0 9 L * ?", "2026-01-31 09:00:00"),
    ("0 0 9 L-3 * ?", "2026-01-28 09:00:00"),
    ("0 0 9 LW * ?", "2026-01-30 09:00:00"),
    ("0 0 9 15W * ?", "2026-01-15 09:00:00"),
    ("0 0 9 1W * ?", "2026-02-02 09:00:00"),
    ("0 0 9 1W,15W * ?", "2026-01-15 09:00:00"),
    ("0 0 9 L,15 * ?", "2026-01-15 09:00:00"),
    ("0 0 9 1/5 * ?", "2026-01-06 09:00:00"),
    ("0 0 9 */5 * ?", "2026-01-06 09:00:00"),
    ("0 0 9 10-20/3 * ?", "2026-01-10 09:00:00"),
    ("0 0 9 31 * ?", "2026-01-31 09:00:00"),
    ("0 0 9 29 2 ?", "2028-02-29 09:00:00"),
    ("0 0 9 29 2 MON", "2044-02-29 09:00:00"),
    ("0 0 9 1 jan ?", "2027-01-01 09:00:00"),
    ("0 0 9 1 JAN-MAR ?", "2026-02-01 09:00:00"),
    ("0 0 9 1 1/3 ?", "2026-04-01 09:00:00"),
    ("0 0 9 1 */5 ?", "2026-06-01 09:00:00"),
    ("0 0 9 1 1,6 ?", "2026-06-01 09:00:00"),
    ("0 0/15 * * * ?", "2026-01-01 12:15:00"),
    ("0 5/15 * * * ?", "2026-01-01 12:05:00"),
    ("*/10 * * * * ?", "2026-01-01 12:00:10"),
    ("10-20/5 * * * * ?", "2026-01-01 12:00:10"),
    ("0 0 9,12-14,20/2 * * ?", "2026-01-01 13:00:00"),
    ("59 59 23 31 12 ?", "2026-12-31 23:59:59"),
    ("* * * * * *", "2026-01-01 12:00:01"),
    ("@hourly", "2026-01-01 13:00:00"),
    ("@daily", "2026-01-02 00:00:00"),
    ("@midnight", "2026-01-02 00:00:00"),
    ("@weekly", "2026-01-04 00:00:00"),
    ("@monthly", "2026-02-01 00:00:00"),
    ("@yearly", "2027-01-01 00:00:00"),
    ("@annually", "2027-01-01 00:00:00"),
]
# Text, moment and the next one in Berlin. On 29 March the clock skips from 2 to 3, on 25 October it goes from 3 back to 2.
RECORDED_IN_BERLIN = [
    ("0 30 2 * * ?", "2026-03-28 12:00+01:00", "2026-03-30 02:30+02:00"),
    ("0 0 3 * * ?", "2026-03-28 12:00+01:00", "2026-03-29 03:00+02:00"),
    ("0 */20 * * * ?", "2026-03-29 01:40+01:00", "2026-03-29 03:00+02:00"),
    ("0 15,45 2-3 * * ?", "2026-03-29 00:50+01:00", "2026-03-29 03:15+02:00"),
    ("0 30 2 * * ?", "2026-10-24 12:00+02:00", "2026-10-25 02:30+02:00"),
    ("0 30 2 * * ?", "2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"),
    ("0 30 2 * * ?", "2026-10-25 02:10+01:00", "2026-10-25 02:30+01:00"),
    ("0 */20 * * * ?", "2026-10-25 02:40+02:00", "2026-10-25 02:00+01:00"),
    ("0 */20 * * * ?", "2026-10-25 02:40+01:00", "2026-10-25 03:00+01:00"),
    ("0 0 * * * ?", "2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"),
    ("0 0 2,3 * * ?", "2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"),
    ("0 30 2,4 * * ?", "2026-10-25 02:30+02:00", "2026-10-25 04:30+01:00"),
    ("0 0 9 * * ?", "2026-10-24 12:00+02:00", "2026-10-25 09:00+01:00"),
]
REFUSED = [
    "* * * * *",  # Unix: without seconds
    "0 0 9 * *",
    "0 0 24 * * ?",
    "0 60 0 * * ?",
    "60 0 0 * * ?",
    "0 0 22-2 * * ?",
    "0 0 9 0 * ?",
    "0 0 9 32 * ?",
    "0 0 9 1 13 ?",
    "0 0 9 1 JANUARY ?",
    "0 0 9 ? * 8",
    "0 0 9 ? * MONDAY",
    "0 0 9 ? * MON#6",
    "0 0 9 ? * #2",
    "0 0 9 ? * 1W",
    "0 0 9 W * ?",
    "0 0 9 L-3W * ?",
    "0 0 9 1-5W * ?",
    "? 0 9 * * ?",
    "0/0 * * * * ?",
    "0 -5 9 * * ?",
    "0 5- 9 * * ?",
    "a b c d e f",
    "@reboot",
    "",
    "0 0 9 30 2 ?",  # never comes
    "0 0 9 L-31 * ?",
    "0 0 9 ? * ?",
    "0 0 9 \u0661 * ?",  # a digit of another script
    "0 0 9 * * ? 1969",
]


@pytest.mark.parametrize(("text", "expected"), RECORDED)
def test_as_recorded(text: str, expected: str) -> None:
    assert f"{cron.next_after(text, THURSDAY_NOON):%Y-%m-%d %H:%M:%S}" == expected


@pytest.mark.parametrize(("text", "moment", "expected"), RECORDED_IN_BERLIN)
def test_as_recorded_where_the_clock_is_changed(text: str, moment: str, expected: str) -> None:
    found = cron.next_after(text, datetime.fromisoformat(moment).astimezone(BERLIN))
    assert found.isoformat(" ", "minutes") == expected


@pytest.mark.parametrize("text", REFUSED)
def test_no_cron_text(text: str) -> None:
    with pytest.raises(ValueError):
        cron.next_after(text, THURSDAY_NOON)


def after_noon(text: str) -> str:
    return f"{cron.next_after(text, THURSDAY_NOON):%Y-%m-%d %H:%M}"


def test_a_year_may_follow() -> None:
    assert after_noon("0 0 9 ? * MON 2027") == "2027-01-04 09:00"
    assert after_noon("0 0 9 1 1 ? 2025-2099/5") == "2030-01-01 09:00"
    assert after_noon("0 0 9 ? * MON *") == "2026-01-05 09:00"


def test_ranges_of_days_and_months_may_run_over_the_end() -> None:
    assert after_noon("0 0 9 28-2 * ?") == "2026-01-02 09:00"
    assert after_noon("0 0 9 1 NOV-FEB ?") == "2026-02-01 09:00"


def test_the_nearest_working_day_stays_in_its_month() -> None:
    assert after_noon("0 0 9 1W 8 ?") == "2026-08-03 09:00"  # 1 August is a Saturday
    assert after_noon("0 0 9 31W 5 ?") == "2026-05-29 09:00"  # 31 May is a Sunday
    assert after_noon("0 0 9 15W 8 ?") == "2026-08-14 09:00"  # 15 August is a Saturday
    assert after_noon("0 0 9 15W 3 ?") == "2026-03-16 09:00"  # 15 March is a Sunday
    assert after_noon("0 0 9 31W 2,3 ?") == "2026-03-31 09:00"  # February has no 31st


def test_moments_between_two_seconds() -> None:
    moment = THURSDAY_NOON.replace(microsecond=500_000)
    assert cron.next_after("* * * * * ?", moment) == THURSDAY_NOON.replace(second=1)


def test_a_long_way_to_go() -> None:
    assert after_noon("0 0 9 29 2 SUN") == "2032-02-29 09:00"
    assert after_noon("0 0 9 29 2 MON 2045-2099") == "2072-02-29 09:00"
