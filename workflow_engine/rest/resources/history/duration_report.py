"""/history/process-instance/report: how long instances took that were started in each month or quarter, also as CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Avg, Max, Min, Q
from django.db.models.functions import ExtractMonth, ExtractQuarter
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricProcessInstance
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.csv_answers import csv_answer, wanted_csv_type
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.common import DURATION
from workflow_engine.services.visibility import visible

_PERIODS = {"month": ExtractMonth, "quarter": ExtractQuarter}
_MILLISECOND = timedelta(milliseconds=1)
COLUMNS = {
    "period": "PERIOD",
    "periodUnit": "PERIOD_UNIT",
    "minimum": "MINIMUM",
    "maximum": "MAXIMUM",
    "average": "AVERAGE",
}


class DurationReport(EngineView):
    permissions = {"GET": "view_historicprocessinstance"}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        asked = self.address()
        if (report_type := asked.text("reportType")) != "duration":
            raise RestError(f"Unknown report type {convert.shown(report_type or '')}: it must be duration.")
        unit = (asked.text("periodUnit") or "").lower()
        if unit not in _PERIODS:
            raise RestError(f"The periodUnit is {convert.shown(unit)}, it must be month or quarter.")
        rows = durations(unit, _condition(asked))
        if (kind := wanted_csv_type(request)) is not None:
            return csv_answer(rows, COLUMNS, name="process-instance-report.csv", content_type=kind)
        return json_answer(rows)


def durations(unit: str, condition: Q) -> list[dict[str, Any]]:
    ended = visible(HistoricProcessInstance.objects.filter(condition, end_time__isnull=False))
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


def _condition(asked: Body) -> Q:
    condition = Q()
    for name, field in (
        ("processDefinitionIdIn", "process_definition_id"),
        ("processDefinitionKeyIn", "process_definition_key"),
    ):
        if (chosen := asked.text(name, 16_000)) is not None:
            condition &= Q(**{f"{field}__in": convert.text_list(chosen)})
    for name, lookup in (("startedBefore", "start_time__lte"), ("startedAfter", "start_time__gte")):
        if (moment := asked.date(name)) is not None:
            condition &= Q(**{lookup: moment})
    return condition


urlpatterns = [path("history/process-instance/report", DurationReport.as_view())]
