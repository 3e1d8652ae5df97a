"""/history/activity-instance."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricActivityInstance
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, before, equals, flag, like, row_id, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import DURATION, key_of, removal_time, with_definition
from workflow_engine.rest.rows import as_text, find

VIEW = "view_historicactivityinstance"


class HistoricActivityInstanceQuery(ListQuery):
    parameters = {
        "activityInstanceId": row_id("id"),
        "processInstanceId": row_id("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "executionId": row_id("execution_id"),
        "activityId": equals("activity_id"),
        "activityName": equals("activity_name"),
        "activityNameLike": like("activity_name"),
        "activityType": equals("activity_type"),
        "taskAssignee": equals("assignee"),
        "finished": flag(Q(end_time__isnull=False)),
        "unfinished": flag(Q(end_time__isnull=True)),
        "canceled": flag(Q(canceled=True)),
        "completeScope": flag(Q(complete_scope=True)),
        "startedBefore": before("start_time", inclusive=True),
        "startedAfter": after("start_time", inclusive=True),
        "finishedBefore": before("end_time", inclusive=True),
        "finishedAfter": after("end_time", inclusive=True),
        **tenants(),
    }
    sortings = {
        "activityInstanceId": "id",
        "instanceId": "process_instance_id",
        "executionId": "execution_id",
        "activityId": "activity_id",
        "activityName": "activity_name",
        "activityType": "activity_type",
        "startTime": "start_time",
        "endTime": "end_time",
        "duration": DURATION,
        "definitionId": "process_definition_id",
        "occurrence": "sequence_counter",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricActivityInstance.objects)


def historic_activity_instance_json(activity: Any) -> dict[str, Any]:
    return {
        "id": str(activity.pk),
        "parentActivityInstanceId": as_text(activity.parent_activity_instance_id),
        "activityId": activity.activity_id,
        "activityName": activity.activity_name,
        "activityType": activity.activity_type,
        "processDefinitionKey": key_of(activity),
        "processDefinitionId": activity.process_definition_id,
        "processInstanceId": as_text(activity.process_instance_id),
        "executionId": as_text(activity.execution_id),
        "taskId": as_text(activity.task_id),
        "calledProcessInstanceId": as_text(activity.called_process_instance_id),
        "calledCaseInstanceId": None,
        "assignee": activity.assignee,
        "startTime": format_date(activity.start_time),
        "endTime": format_date(activity.end_time),
        "durationInMillis": activity.duration_in_millis,
        "canceled": activity.canceled,
        "completeScope": activity.complete_scope,
        "tenantId": activity.tenant_id or None,
        "removalTime": removal_time(activity),
        "rootProcessInstanceId": as_text(activity.root_process_instance_id),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = HistoricActivityInstanceQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return historic_activity_instance_json(row)


class Count(CountView):
    permissions = reading(VIEW)
    query = HistoricActivityInstanceQuery


class View(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, activity_instance_id: str) -> HttpResponse:
        return json_answer(
            historic_activity_instance_json(
                find(HistoricActivityInstanceQuery.rows(), activity_instance_id, "Historic activity instance")
            )
        )


urlpatterns = [
    path("history/activity-instance", List.as_view()),
    path("history/activity-instance/count", Count.as_view()),
    path("history/activity-instance/<str:activity_instance_id>", View.as_view()),
]
