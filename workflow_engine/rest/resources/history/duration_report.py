"""/history/process-instance/report: how long instances took that were started in each month or quarter, also as CSV."""

from __future__ import annotations

from django.db.models import Q
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
from workflow_engine.rest.resources.history.durations import durations
from workflow_engine.services.visibility import visible

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
        rows = durations(
            visible(HistoricProcessInstance.objects.filter(_condition(asked), end_time__isnull=False)), asked
        )
        if (kind := wanted_csv_type(request)) is not None:
            return csv_answer(rows, COLUMNS, name="process-instance-report.csv", content_type=kind)
        return json_answer(rows)


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
