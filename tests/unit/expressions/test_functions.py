"""now(), dateTime(), currentUser() and Spin's S, JSON, XML."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from workflow_engine.expressions import (
    DateTime,
    ExpressionEvaluationError,
    VariablesContext,
    compile_expression,
    functions,
)
from workflow_engine.values import JsonValue, XmlValue, type_name

NOW = datetime(2020, 1, 31, 12, 30, 15, 678901, tzinfo=UTC)


def value(text, **variables):
    return compile_expression(text).evaluate(VariablesContext(variables, now=lambda: NOW, user_id="ann"))


def test_now_is_a_date_in_milliseconds():
    assert value("${now()}") == NOW.replace(microsecond=678000)
    assert type(value("${now()}")) is datetime


def test_date_time_calculates_on_the_calendar():
    assert value("x${dateTime()}") == "x2020-01-31T12:30:15.678Z"
    assert value("x${dateTime().plusMonths(1)}") == "x2020-02-29T12:30:15.678Z"
    assert value("x${dateTime().minusYears(1).plusMonths(1)}") == "x2019-02-28T12:30:15.678Z"
    assert (
        value("x${dateTime().plusWeeks(1).minusDays(1).plusHours(1).minusMinutes(1).plusSeconds(1)}")
        == "x2020-02-06T13:29:16.678Z"
    )
    assert value("x${dateTime().withTimeAtStartOfDay()}") == "x2020-01-31T00:00:00.000Z"
    assert value("${dateTime().monthOfYear * 100 + dateTime().dayOfMonth}") == 131


def test_date_time_becomes_a_date():
    found = value("${dateTime().plusDays(1).toDate()}")
    assert type(found) is datetime
    assert found == datetime(2020, 2, 1, 12, 30, 15, 678000, tzinfo=UTC)
    assert type_name(value("${dateTime()}")) == "Date"


def test_days_are_counted_on_the_calendar_and_hours_on_the_clock():
    evening = DateTime.of(datetime(2024, 3, 30, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    assert evening.plus_days(1).iso() == "2024-03-31T12:00:00.000+02:00"
    assert evening.plus_millis(24 * 3_600_000).iso() == "2024-03-31T13:00:00.000+02:00"


def test_times_out_of_range_are_errors():
    for text in (
        "${dateTime().plusDays(999999999)}",
        "${dateTime().plusYears(20000)}",
        "${dateTime().withMillis(9223372036854775807)}",
    ):
        with pytest.raises(ExpressionEvaluationError):
            value(text)


def test_a_date_without_a_zone_is_utc():
    aware = datetime(2020, 1, 1, tzinfo=UTC)
    naive = aware.replace(tzinfo=None)
    assert value("${d.time == e.time && d == e && !(d < e)}", d=naive, e=aware) is True


def test_the_user_is_the_callers():
    assert value("${currentUser()}") == "ann"
    assert value("${currentUserGroups()}") is None
    assert functions.call("currentUserGroups", [], groups=("a", "b")) == ["a", "b"]
    assert functions.call("currentUser", []) is None


def test_without_a_clock_there_is_no_now():
    with pytest.raises(ExpressionEvaluationError, match="Function 'now' needs a clock"):
        compile_expression("${now()}").evaluate(VariablesContext({}))


def test_spin_tells_json_from_xml():
    assert isinstance(value("${S(' [1]')}"), JsonValue)
    assert value("${S(xml)}", xml="<a/>") == XmlValue("<a/>")
    assert value("${JSON('5').numberValue()}") == 5
    assert value("${JSON(JSON('5'))}") == JsonValue("5")
    assert value("${XML(XML('<a/>'))}") == XmlValue("<a/>")


@pytest.mark.parametrize(
    "text",
    [
        "${S('')}",
        "${S(null)}",
        "${S(1)}",
        "${S('text')}",
        "${JSON('{')}",
        "${JSON('NaN')}",
        "${XML('<a>')}",
        "${XML('<!DOCTYPE a><a/>')}",
    ],
)
def test_spin_refuses_what_it_cannot_read(text):
    with pytest.raises(ExpressionEvaluationError):
        value(text)
