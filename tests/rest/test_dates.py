"""Dates out in Camunda's format; in in that format and in ISO 8601."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from workflow_engine.rest.dates import format_date, parse_date

pytestmark = pytest.mark.one_database


def test_format() -> None:
    assert format_date(datetime(2026, 11, 21, 0, 59, 25, 123_999, UTC)) == "2026-11-21T00:59:25.123+0000"
    assert (
        format_date(datetime(2026, 11, 21, 2, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-21T00:00:00.000+0000"
    )
    assert format_date(datetime(7, 1, 2, 3, 4, 5, 6_000, UTC)) == "0007-01-02T03:04:05.006+0000"
    assert format_date(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T01:59:25.123+0100",
        "2026-11-21T01:59:25.123+01:00",
        "2026-11-21T00:59:25.123Z",
        "2026-11-21T00:59:25.123",
        " 2026-11-21T00:59:25.123+0000 ",
    ],
)
def test_parse(text: str) -> None:
    assert parse_date(text) == datetime(2026, 11, 21, 0, 59, 25, 123_000, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "5",
        "2026-13-01",
        "2026-02-30",
        "0001-01-01T00:00:00+1400",
        "9999-12-31T23:59:59-0100",
        "2026-11-21T25:00:00",
        "+2026",
    ],
)
def test_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text)


def test_every_accepted_date_can_be_shown() -> None:
    for text in ("0001-01-01T00:00:00+0000", "9999-12-31T23:59:59.999+0000", "2024-02-29"):
        shown = format_date(parse_date(text))
        assert shown is not None
        assert parse_date(shown) == parse_date(text)
