"""Methods of Date and of what dateTime() gives; their getters are properties too."""

from __future__ import annotations

from datetime import datetime

from workflow_engine.expressions.comparison import same
from workflow_engine.expressions.datetimes import DateTime, epoch_millis, instant
from workflow_engine.expressions.scalar_methods import compare
from workflow_engine.expressions.signature import Table, table
from workflow_engine.expressions.text import java_text
from workflow_engine.values import Long

HOUR = 3_600_000


def _before(left: datetime, right: datetime) -> bool:
    return instant(left) < instant(right)


def _after(left: datetime, right: datetime) -> bool:
    return instant(left) > instant(right)


DATE: Table = table(
    getTime=("", lambda date: Long(epoch_millis(date))),
    before=("d", _before),
    after=("d", _after),
    equals=("o", same),
    compareTo=("o", compare),
    toString=("", java_text),
)

DATE_TIME: Table = table(
    plusYears=("i", lambda time, n: time.plus_months(12 * n)),
    plusMonths=("i", DateTime.plus_months),
    plusWeeks=("i", lambda time, n: time.plus_days(7 * n)),
    plusDays=("i", DateTime.plus_days),
    plusHours=("i", lambda time, n: time.plus_millis(HOUR * n)),
    plusMinutes=("i", lambda time, n: time.plus_millis(60_000 * n)),
    plusSeconds=("i", lambda time, n: time.plus_millis(1000 * n)),
    plusMillis=("i", DateTime.plus_millis),
    minusYears=("i", lambda time, n: time.plus_months(-12 * n)),
    minusMonths=("i", lambda time, n: time.plus_months(-n)),
    minusWeeks=("i", lambda time, n: time.plus_days(-7 * n)),
    minusDays=("i", lambda time, n: time.plus_days(-n)),
    minusHours=("i", lambda time, n: time.plus_millis(-HOUR * n)),
    minusMinutes=("i", lambda time, n: time.plus_millis(-60_000 * n)),
    minusSeconds=("i", lambda time, n: time.plus_millis(-1000 * n)),
    minusMillis=("i", lambda time, n: time.plus_millis(-n)),
    withMillis=("l", DateTime.with_millis),
    withTimeAtStartOfDay=("", DateTime.start_of_day),
    toDate=("", DateTime.to_date),
    getMillis=("", lambda time: Long(epoch_millis(time))),
    getYear=("", lambda time: time.year),
    getMonthOfYear=("", lambda time: time.month),
    getDayOfMonth=("", lambda time: time.day),
    getDayOfWeek=("", lambda time: time.isoweekday()),
    getHourOfDay=("", lambda time: time.hour),
    getMinuteOfHour=("", lambda time: time.minute),
    getSecondOfMinute=("", lambda time: time.second),
    isBefore=("d", _before),
    isAfter=("d", _after),
    equals=("o", same),
    toString=("", java_text),
)
