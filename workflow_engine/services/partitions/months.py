"""Months as ranges of ids. All in UTC: an id's time is that of its milliseconds."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TEXT = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
# So far ahead of the database's may the clock of a server be that makes ids.
SKEW = timedelta(days=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        moment = moment.astimezone(UTC)
        return cls(moment.year, moment.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        found = _TEXT.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found and int(found[1]) >= 1970 else None

    @classmethod
    def not_reached(cls, now: datetime) -> Month:
        """The first month in which nobody makes ids yet, not even with a clock that is fast."""
        return cls.of(now + SKEW).plus(1)

    def plus(self, months: int) -> Month:
        years, index = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, index + 1)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def first_id(self) -> str:
        """No id of the month is lower, none of an earlier month is as high."""
        return first_id_at(self.start)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def in_names(self) -> str:
        return str(self).replace("-", "_")


def first_id_at(moment: datetime) -> str:
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return str(uuid.UUID(int=milliseconds << 80))


def time_of(row_id: str) -> datetime:
    """When an id was made, as the clock of its server said."""
    return EPOCH + timedelta(milliseconds=uuid.UUID(row_id).int >> 80)
