"""What dateTime() gives: a point in time to calculate with, after Joda-Time as Camunda uses it.

It is a datetime, so it can be stored as a Date or be a timer's due date without toDate().
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DateTime(datetime):
    """A time with a zone. Days and longer are counted on the calendar, hours and shorter on the clock."""

    @classmethod
    def of(cls, value: datetime) -> Self:
        value = instant(value)
        millis = value.microsecond // 1000 * 1000
        return cls(
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            millis,
            value.tzinfo,
            fold=value.fold,
        )

    def plus_days(self, days: int) -> Self:
        return self.of(self + timedelta(days=days))

    def plus_months(self, months: int) -> Self:
        """The same day of another month, or its last day."""
        total = self.year * 12 + self.month - 1 + months
        year, month = divmod(total, 12)
        if not 1 <= year <= 9999:
            raise OverflowError(f"year {year} is out of range")
        return self.replace(year=year, month=month + 1, day=min(self.day, calendar.monthrange(year, month + 1)[1]))

    def plus_millis(self, millis: int) -> Self:
        moved = self.astimezone(UTC) + timedelta(milliseconds=millis)
        return self.of(moved.astimezone(self.tzinfo))

    def with_millis(self, millis: int) -> Self:
        return self.of((EPOCH + timedelta(milliseconds=millis)).astimezone(self.tzinfo))

    def start_of_day(self) -> Self:
        return self.replace(hour=0, minute=0, second=0, microsecond=0)

    def to_date(self) -> datetime:
        moment = self.astimezone(UTC)
        return datetime.combine(moment.date(), moment.timetz())

    def iso(self) -> str:
        text = f"{self.year:04d}-{self.month:02d}-{self.day:02d}T{self:%H:%M:%S}.{self.microsecond // 1000:03d}"
        offset = datetime.strftime(self, "%z")
        return text + ("Z" if offset in ("", "+0000") else f"{offset[:3]}:{offset[3:5]}")


def instant(value: datetime) -> datetime:
    """With a zone: UTC where none is said."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def epoch_millis(value: datetime) -> int:
    return (instant(value) - EPOCH) // timedelta(milliseconds=1)
