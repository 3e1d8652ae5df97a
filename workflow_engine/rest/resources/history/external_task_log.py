"""/history/external-task-log."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricExternalTaskLog
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, text_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import any_of, compare, equals, row_id, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import (
    key_of,
    log_states,
    removal_time,
    shown_log_states,
    with_definition,
)
from workflow_engine.rest.rows import as_text, find

VIEW = "view_historicexternaltasklog"


class ExternalTaskLogQuery(ListQuery):
    parameters = {
        "logId": row_id("id"),
        "externalTaskId": row_id("external_task_id"),
        "topicName": equals("topic_name"),
        "workerId": equals("worker_id"),
        "errorMessage": equals("error_message"),
        "activityIdIn": any_of("activity_id"),
        "activityInstanceIdIn": row_ids("activity_instance_id"),
        "executionIdIn": row_ids("execution_id"),
        "processInstanceId": row_id("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "priorityLowerThanOrEquals": compare("priority__lte", convert.long),
        "priorityHigherThanOrEquals": compare("priority__gte", convert.long),
        **log_states(),
        **tenants(),
    }
    sortings = {
        "timestamp": "timestamp",
        "externalTaskId": "external_task_id",
        "topicName": "topic_name",
        "workerId": "worker_id",
        "retries": "retries",
        "priority": "priority",
        "activityId": "activity_id",
        "activityInstanceId": "activity_instance_id",
        "executionId": "execution_id",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition__key",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricExternalTaskLog.objects).defer("error_details")


def external_task_log_json(log: Any) -> dict[str, Any]:
    return {
        "id": str(log.pk),
        "timestamp": format_date(log.timestamp),
        "removalTime": removal_time(log),
        "externalTaskId": str(log.external_task_id),
        "topicName": log.topic_name,
        "workerId": log.worker_id,
        "priority": log.priority,
        "retries": log.retries,
        "errorMessage": log.error_message,
        "activityId": log.activity_id,
        "activityInstanceId": as_text(log.activity_instance_id),
        "executionId": as_text(log.execution_id),
        "processInstanceId": as_text(log.process_instance_id),
        "processDefinitionId": log.process_definition_id,
        "processDefinitionKey": key_of(log),
        "tenantId": log.tenant_id or None,
        "rootProcessInstanceId": as_text(log.root_process_instance_id),
        **shown_log_states(log.state),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = ExternalTaskLogQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return external_task_log_json(row)


class Count(CountView):
    permissions = reading(VIEW)
    query = ExternalTaskLogQuery


class View(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, log_id: str) -> HttpResponse:
        return json_answer(external_task_log_json(self.found(log_id)))

    def found(self, log_id: str) -> Any:
        return find(ExternalTaskLogQuery.rows(), log_id, "Historic external task log")


class ErrorDetails(View):
    def get(self, request: Request, log_id: str) -> HttpResponse:
        return text_answer(self.found(log_id).error_details)


urlpatterns = [
    path("history/external-task-log", List.as_view()),
    path("history/external-task-log/count", Count.as_view()),
    path("history/external-task-log/<str:log_id>", View.as_view()),
    path("history/external-task-log/<str:log_id>/error-details", ErrorDetails.as_view()),
]
