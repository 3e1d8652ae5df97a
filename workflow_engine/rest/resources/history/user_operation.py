"""/history/user-operation: who did what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import UserOperationLog
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, any_of, before, equals, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text
from workflow_engine.services import user_operation as service

VIEW, ANNOTATE = "view_useroperationlog", "annotate_user_operation"
MAX_ANNOTATION = 4_000


class UserOperationQuery(ListQuery):
    parameters = {
        "deploymentId": row_id("deployment_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition_key"),
        "processInstanceId": row_id("process_instance_id"),
        "executionId": row_id("execution_id"),
        "taskId": row_id("task_id"),
        "externalTaskId": row_id("external_task_id"),
        "batchId": row_id("batch_id"),
        "jobId": row_id("job_id"),
        "jobDefinitionId": row_id("job_definition_id"),
        "userId": equals("user_id"),
        "operationId": row_id("operation_id"),
        "operationType": equals("operation_type"),
        "entityType": equals("entity_type"),
        "entityTypeIn": any_of("entity_type"),
        "category": equals("category"),
        "categoryIn": any_of("category"),
        "property": equals("property"),
        "afterTimestamp": after("timestamp"),
        "beforeTimestamp": before("timestamp"),
        "caseDefinitionId": no_such(),
        "caseInstanceId": no_such(),
        "caseExecutionId": no_such(),
    }
    sortings = {"timestamp": "timestamp"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return UserOperationLog.objects.all()


def user_operation_json(entry: Any) -> dict[str, Any]:
    return {
        "id": str(entry.pk),
        "userId": entry.user_id,
        "timestamp": format_date(entry.timestamp),
        "operationId": str(entry.operation_id),
        "operationType": entry.operation_type,
        "entityType": entry.entity_type,
        "category": entry.category,
        "annotation": entry.annotation,
        "property": entry.property,
        "orgValue": entry.org_value,
        "newValue": entry.new_value,
        "deploymentId": as_text(entry.deployment_id),
        "processDefinitionId": entry.process_definition_id,
        "processDefinitionKey": entry.process_definition_key,
        "processInstanceId": as_text(entry.process_instance_id),
        "executionId": as_text(entry.execution_id),
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": as_text(entry.task_id),
        "externalTaskId": as_text(entry.external_task_id),
        "batchId": as_text(entry.batch_id),
        "jobId": as_text(entry.job_id),
        "jobDefinitionId": as_text(entry.job_definition_id),
        "removalTime": None,
        "rootProcessInstanceId": as_text(entry.root_process_instance_id),
    }


class List(ListView):
    permissions = {"GET": VIEW}
    query = UserOperationQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return user_operation_json(row)


class Count(CountView):
    permissions = {"GET": VIEW}
    query = UserOperationQuery


class SetAnnotation(EngineView):
    permissions = {"PUT": ANNOTATE}

    def put(self, request: Request, operation_id: str) -> HttpResponse:
        service.annotate_user_operation(operation_id, self.body().text("annotation", MAX_ANNOTATION), user=self.user_id)
        return no_content()


class ClearAnnotation(EngineView):
    permissions = {"PUT": ANNOTATE}

    def put(self, request: Request, operation_id: str) -> HttpResponse:
        service.annotate_user_operation(operation_id, None, user=self.user_id)
        return no_content()


urlpatterns = [
    path("history/user-operation", List.as_view()),
    path("history/user-operation/count", Count.as_view()),
    path("history/user-operation/<str:operation_id>/set-annotation", SetAnnotation.as_view()),
    path("history/user-operation/<str:operation_id>/clear-annotation", ClearAnnotation.as_view()),
]
