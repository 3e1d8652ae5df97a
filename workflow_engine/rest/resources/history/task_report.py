"""/history/task/report: how many tasks were completed, or how long those took that were created in a month or quarter."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricTaskInstance
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.durations import durations
from workflow_engine.services.visibility import visible


class TaskReport(EngineView):
    permissions = {"GET": "view_historictaskinstance"}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        asked = self.address()
        report_type = asked.text("reportType")
        if report_type is None:
            raise RestError("Parameter reportType is not set.")
        rows = _completed(asked)
        if report_type.lower() == "count":
            return json_answer(_counts(rows, asked.text("groupBy")))
        if report_type.lower() == "duration":
            return json_answer(durations(rows, asked))
        raise RestError(f"Cannot set query parameter 'reportType' to value {convert.shown(report_type)}")


def _completed(asked: Body) -> QuerySet[Any]:
    rows = visible(HistoricTaskInstance.objects.filter(end_time__isnull=False))
    for name, lookup in (("completedBefore", "end_time__lte"), ("completedAfter", "end_time__gte")):
        if (moment := asked.date(name)) is not None:
            rows = rows.filter(**{lookup: moment})
    return rows


def _counts(rows: QuerySet[Any], group_by: str | None) -> list[dict[str, Any]]:
    columns = ["process_definition_id", "definition_key", "definition_name", "tenant_id"]
    if group_by == "taskName":
        columns.append("name")
    elif group_by != "processDefinition":
        raise RestError(f"groupBy parameter has invalid value: {group_by and convert.shown(group_by)}")
    # As in Camunda: tasks that belong to no process are no row of it.
    rows = rows.filter(process_definition__isnull=False)
    named = rows.annotate(definition_key=F("process_definition__key"), definition_name=F("process_definition__name"))
    limit = limits().max_page_size
    found = list(named.order_by(*columns).values(*columns).annotate(tasks=Count("pk"))[: limit + 1])
    if len(found) > limit:
        raise RestError(f"There are more than {limit} rows: narrow the report with completedAfter and completedBefore.")
    return [
        {
            "count": row["tasks"],
            "processDefinitionKey": row["definition_key"],
            "processDefinitionId": row["process_definition_id"],
            "processDefinitionName": row["definition_name"],
            "taskName": row.get("name"),
            "tenantId": row["tenant_id"] or None,
        }
        for row in found
    ]


urlpatterns = [path("history/task/report", TaskReport.as_view())]
