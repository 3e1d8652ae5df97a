"""How long things took that were begun in each month or quarter, as the reports tell it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Avg, Max, Min, QuerySet
from django.db.models.functions import ExtractMonth, ExtractQuarter

from workflow_engine.rest import convert
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.common import DURATION

_PERIODS = {"month": ExtractMonth, "quarter": ExtractQuarter}
_MILLISECOND = timedelta(milliseconds=1)


def durations(ended: QuerySet[Any], asked: Body) -> list[dict[str, Any]]:
    """A row for each period of `periodUnit` in which something began that has ended; minimum, maximum and average in milliseconds."""
    unit = (asked.text("periodUnit") or "").lower()
    if unit not in _PERIODS:
        raise RestError(f"The periodUnit is {convert.shown(unit)}, it must be month or quarter.")
    found = (
        ended.annotate(period=_PERIODS[unit]("start_time"))
        .values("period")
        .annotate(minimum=Min(DURATION), maximum=Max(DURATION), average=Avg(DURATION))
        .order_by("period")
    )
    return [
        {
            "period": row["period"],
            "periodUnit": unit.upper(),
            **{name: row[name] // _MILLISECOND for name in ("minimum", "maximum", "average")},
        }
        for row in found
    ]
