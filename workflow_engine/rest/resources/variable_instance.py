"""/variable-instance: variables of running instances, whatever scope they live in."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Q, QuerySet, UUIDField, When
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import Variable
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.parameters import Parameter, like, option, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import own_values
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text, find
from workflow_engine.rest.variables.binary import binary_answer
from workflow_engine.rest.variables.presented import presented

VIEW = "view_variables"
# The activity instance whose scope holds the variable. A scope execution's own column names the activity inside the scope.
SCOPE = Case(
    When(task__isnull=False, then=F("execution__activity_instance_id")),
    When(execution__parent__isnull=True, is_concurrent_local=False, then=F("execution_id")),
    When(execution__is_scope=True, is_concurrent_local=False, then=F("execution__parent__activity_instance_id")),
    default=F("execution__activity_instance_id"),
    output_field=UUIDField(),
)


class VariableInstanceQuery(ListQuery):
    parameters = {
        "variableName": Parameter(
            convert.text,
            lambda name, arguments: Q(name__iexact=name) if arguments.get("variableNamesIgnoreCase") else Q(name=name),
        ),
        "variableNameLike": like("name"),
        "processInstanceIdIn": row_ids("process_instance_id"),
        "executionIdIn": row_ids("execution_id"),
        "caseInstanceIdIn": no_such(convert.text_list),
        "caseExecutionIdIn": no_such(convert.text_list),
        "taskIdIn": row_ids("task_id"),
        "batchIdIn": no_such(convert.text_list),
        "activityInstanceIdIn": row_ids("scope_id"),
        "variableScopeIdIn": row_ids("execution_id"),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "variableValues": own_values(),
        "deserializeValues": option(),
        **tenants(),
    }
    sortings = {
        "variableName": "name",
        "variableType": "type_name",
        "activityInstanceId": "scope_id",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Variable.objects.annotate(scope_id=SCOPE, definition_id=F("execution__process_definition_id"))


def variable_instance_json(variable: Any, *, deserialize: bool, with_bytes: bool) -> dict[str, Any]:
    shown = presented(variable.value, deserialize=deserialize)
    if variable.type_name == "Bytes" and not with_bytes:
        shown["value"] = None
    return {
        **shown,
        "id": str(variable.pk),
        "name": variable.name,
        "processDefinitionId": variable.definition_id,
        "processInstanceId": as_text(variable.process_instance_id),
        "executionId": as_text(variable.execution_id),
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": as_text(variable.task_id),
        "batchId": None,
        "activityInstanceId": as_text(variable.scope_id),
        "errorMessage": None,
        "tenantId": variable.tenant_id or None,
    }


class VariableInstanceList(ListView):
    permissions = reading(VIEW)
    query = VariableInstanceQuery

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        deserialize = self.address().boolean("deserializeValues", True)
        return [variable_instance_json(row, deserialize=deserialize, with_bytes=False) for row in rows]


class VariableInstanceCount(CountView):
    permissions = reading(VIEW)
    query = VariableInstanceQuery


class VariableInstanceView(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, variable_id: str) -> HttpResponse:
        deserialize = self.address().boolean("deserializeValue", True)
        return json_answer(variable_instance_json(self.found(variable_id), deserialize=deserialize, with_bytes=True))

    def found(self, variable_id: str) -> Any:
        return find(VariableInstanceQuery.rows(), variable_id, "Variable instance")


class VariableInstanceData(VariableInstanceView):
    def get(self, request: Request, variable_id: str) -> HttpResponse:
        variable = self.found(variable_id)
        return binary_answer(variable.value, variable.name)


urlpatterns = [
    path("variable-instance", VariableInstanceList.as_view()),
    path("variable-instance/count", VariableInstanceCount.as_view()),
    path("variable-instance/<str:variable_id>", VariableInstanceView.as_view()),
    path("variable-instance/<str:variable_id>/data", VariableInstanceData.as_view()),
]
