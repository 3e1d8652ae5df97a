"""/history/variable-instance: the last value of every variable that there was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricVariableInstance
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.parameters import Parameter, any_of, equals, like, option, row_id, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import own_value
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import key_of, removal_time, with_definition
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text, find
from workflow_engine.rest.variables.binary import binary_answer
from workflow_engine.rest.variables.presented import presented
from workflow_engine.services import historic_variable as service

VIEW = "view_variables"


def type_names(raw: Any) -> list[str]:
    """Types may be written in small letters: "string,integer"."""
    return [name[:1].upper() + name[1:] for name in convert.text_list(raw)]


class HistoricVariableQuery(ListQuery):
    parameters = {
        "variableName": Parameter(
            convert.text,
            lambda name, arguments: Q(name__iexact=name) if arguments.get("variableNamesIgnoreCase") else Q(name=name),
        ),
        "variableNameLike": like("name"),
        "variableNameIn": any_of("name"),
        "variableValue": own_value(),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "variableTypeIn": any_of("type_name", type_names),
        "includeDeleted": option(),
        "processInstanceId": row_id("process_instance_id"),
        "processInstanceIdIn": row_ids("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "executionIdIn": row_ids("execution_id"),
        "taskIdIn": row_ids("task_id"),
        "activityInstanceIdIn": row_ids("activity_instance_id"),
        "caseInstanceId": no_such(),
        "caseExecutionIdIn": no_such(convert.text_list),
        "caseActivityIdIn": no_such(convert.text_list),
        "deserializeValues": option(),
        **tenants(),
    }
    sortings = {"instanceId": "process_instance_id", "variableName": "name", "tenantId": "tenant_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricVariableInstance.objects)

    @classmethod
    def check(cls, arguments: Mapping[str, Any]) -> None:
        if "variableValue" in arguments and "variableName" not in arguments:
            raise RestError(
                "Only a single variable value parameter specified: variable name and value are required to be able to"
                " query after a specific variable value."
            )

    def queryset(self) -> QuerySet[Any]:
        found = super().queryset()
        return found if self.arguments.get("includeDeleted") else found.exclude(state="DELETED")


def historic_variable_json(variable: Any, *, deserialize: bool, with_bytes: bool) -> dict[str, Any]:
    shown = presented(variable.value, deserialize=deserialize)
    if variable.type_name == "Bytes" and not with_bytes:
        shown["value"] = None
    return {
        **shown,
        "id": str(variable.pk),
        "name": variable.name,
        "processDefinitionKey": key_of(variable),
        "processDefinitionId": variable.process_definition_id,
        "processInstanceId": as_text(variable.process_instance_id),
        "executionId": as_text(variable.execution_id),
        "activityInstanceId": as_text(variable.activity_instance_id),
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": as_text(variable.task_id),
        "errorMessage": None,
        "tenantId": variable.tenant_id or None,
        "state": variable.state,
        "createTime": format_date(variable.create_time),
        "removalTime": removal_time(variable),
        "rootProcessInstanceId": as_text(variable.root_process_instance_id),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = HistoricVariableQuery

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        deserialize = self.address().boolean("deserializeValues", True)
        return [historic_variable_json(row, deserialize=deserialize, with_bytes=False) for row in rows]


class Count(CountView):
    permissions = reading(VIEW)
    query = HistoricVariableQuery


class View(EngineView):
    permissions = {"GET": VIEW, "DELETE": "delete_history"}

    def get(self, request: Request, variable_id: str) -> HttpResponse:
        # Camunda reads the first and describes the second.
        asked = self.address()
        deserialize = asked.boolean("deserializeValue", True) and asked.boolean("deserializeValues", True)
        return json_answer(historic_variable_json(self.found(variable_id), deserialize=deserialize, with_bytes=True))

    def delete(self, request: Request, variable_id: str) -> HttpResponse:
        service.delete_historic_variable_instance(variable_id, user=self.user_id)
        return no_content()

    def found(self, variable_id: str) -> Any:
        return find(HistoricVariableQuery.rows(), variable_id, "Historic variable instance")


class Data(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, variable_id: str) -> HttpResponse:
        variable = self.found(variable_id)
        return binary_answer(variable.value, variable.name)


class OfProcessInstance(EngineView):
    permissions = {"DELETE": "delete_history"}

    def delete(self, request: Request, instance_id: str) -> HttpResponse:
        service.delete_historic_variable_instances(instance_id, user=self.user_id)
        return no_content()


urlpatterns = [
    path("history/process-instance/<str:instance_id>/variable-instances", OfProcessInstance.as_view()),
    path("history/variable-instance", List.as_view()),
    path("history/variable-instance/count", Count.as_view()),
    path("history/variable-instance/<str:variable_id>", View.as_view()),
    path("history/variable-instance/<str:variable_id>/data", Data.as_view()),
]
