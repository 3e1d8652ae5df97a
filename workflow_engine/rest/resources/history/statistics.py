"""/history/process-definition/{id}/statistics: how often each activity ran, and how it ended."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import ids
from workflow_engine.models import HistoricActivityInstance, HistoricIncident
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.process_definition.views import find_definition
from workflow_engine.services.visibility import visible

_COUNTED = {
    "canceled": Q(canceled=True),
    "finished": Q(end_time__isnull=False),
    "completeScope": Q(complete_scope=True),
}
_INCIDENTS = {"openIncidents": "open", "resolvedIncidents": "resolved", "deletedIncidents": "deleted"}
_TIMES = {
    "startedBefore": "start_time__lte",
    "startedAfter": "start_time__gte",
    "finishedBefore": "end_time__lte",
    "finishedAfter": "end_time__gte",
}


class ActivityStatistics(EngineView):
    permissions = {"GET": "view_historicactivityinstance"}

    def get(self, request: Request, definition_id: str) -> HttpResponse:
        asked = self.address()
        by, order = asked.text("sortBy"), asked.text("sortOrder")
        if (by, order) not in ((None, None), ("activityId", "asc"), ("activityId", "desc")):
            raise RestError("sortBy can only be activityId, and goes together with sortOrder asc or desc.")
        found = _statistics(find_definition(definition_id).pk, asked)
        return json_answer(sorted(found, key=lambda row: str(row["id"]), reverse=order == "desc"))


def _statistics(definition_id: str, asked: Body) -> list[dict[str, Any]]:
    instances = _chosen_instances(asked)
    rows = visible(HistoricActivityInstance.objects.filter(instances, process_definition_id=definition_id))
    aggregates = {"instances": Count("pk", filter=Q(end_time__isnull=True))}
    aggregates |= {
        f"n_{name}": Count("pk", filter=condition) for name, condition in _COUNTED.items() if asked.boolean(name)
    }
    answer = {}
    # Ended activities count only where they were asked for, as in Camunda.
    for row in rows.values("activity_id").annotate(**aggregates):
        counts = {name: row.get(f"n_{name}", 0) for name in _COUNTED}
        if row["instances"] or any(counts.values()):
            answer[row["activity_id"]] = {**_nothing(row["activity_id"]), "instances": row["instances"], **counts}
    if asked.boolean("incidents"):
        _add_incidents(answer, visible(HistoricIncident.objects.filter(instances, process_definition_id=definition_id)))
    return list(answer.values())


def _add_incidents(answer: dict[Any, dict[str, Any]], rows: Any) -> None:
    aggregates = {name: Count("pk", filter=Q(state=state)) for name, state in _INCIDENTS.items()}
    for row in rows.values("activity_id").annotate(**aggregates):
        if row["activity_id"] is not None:
            # Where a job has failed before its activity began there are incidents only.
            counts = answer.setdefault(row["activity_id"], _nothing(row["activity_id"]))
            counts.update({name: row[name] for name in _INCIDENTS})


def _nothing(activity_id: str) -> dict[str, Any]:
    return {"id": activity_id, "instances": 0, **dict.fromkeys((*_COUNTED, *_INCIDENTS), 0)}


def _chosen_instances(asked: Body) -> Q:
    condition = Q()
    for name, lookup in _TIMES.items():
        if (moment := asked.date(name)) is not None:
            condition &= Q(**{f"process_instance__{lookup}": moment})
    if chosen := asked.text("processInstanceIdIn", 16_000):
        condition &= Q(process_instance_id__in=[known for known in map(ids.canonical, chosen.split(",")) if known])
    return condition


urlpatterns = [path("history/process-definition/<str:definition_id>/statistics", ActivityStatistics.as_view())]
