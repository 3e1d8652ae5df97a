"""/history/detail: every update of every variable, and what forms sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricDetail
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.parameters import (
    Parameter,
    after,
    any_of,
    before,
    equals,
    flag,
    like,
    option,
    row_id,
    row_ids,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import key_of, removal_time, with_definition
from workflow_engine.rest.resources.history.variable_instance import type_names
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text, find
from workflow_engine.rest.variables.binary import binary_answer
from workflow_engine.rest.variables.presented import presented

VIEW = "view_variables"


def _form_fields(wanted: bool, arguments: Mapping[str, Any]) -> Q | None:
    """As in Camunda: whoever asks for both gets the updates."""
    return Q(variable_instance_id__isnull=True) if wanted and not arguments.get("variableUpdates") else None


class HistoricDetailQuery(ListQuery):
    parameters = {
        "processInstanceId": row_id("process_instance_id"),
        "processInstanceIdIn": row_ids("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "executionId": row_id("execution_id"),
        "taskId": row_id("task_id"),
        "activityInstanceId": row_id("activity_instance_id"),
        "variableInstanceId": row_id("variable_instance_id"),
        "variableTypeIn": any_of("type_name", type_names),
        "variableNameLike": like("name"),
        "userOperationId": row_id("user_operation_id"),
        "formFields": Parameter(convert.boolean, _form_fields),
        "variableUpdates": flag(Q(variable_instance_id__isnull=False)),
        "excludeTaskDetails": flag(Q(task_id__isnull=True)),
        "initial": flag(Q(is_initial=True)),
        "occurredBefore": before("time", inclusive=True),
        "occurredAfter": after("time", inclusive=True),
        "caseInstanceId": no_such(),
        "caseExecutionId": no_such(),
        "deserializeValues": option(),
        **tenants(),
    }
    sortings = {
        "processInstanceId": "process_instance_id",
        "variableName": "name",
        "variableType": "type_name",
        "variableRevision": "revision",
        "formPropertyId": "name",
        "time": "time",
        "occurrence": "sequence",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricDetail.objects)


def historic_detail_json(detail: Any, *, deserialize: bool, with_bytes: bool) -> dict[str, Any]:
    if detail.variable_instance_id is None:
        return {**_common(detail), "type": "formField", "fieldId": detail.name, "fieldValue": detail.text_value}
    shown = presented(None if detail.is_without_value else detail.value, deserialize=deserialize)
    return {
        **_common(detail),
        "type": "variableUpdate",
        "variableName": detail.name,
        "variableInstanceId": str(detail.variable_instance_id),
        "variableType": detail.type_name if detail.is_without_value else shown["type"],
        "value": None if detail.type_name == "Bytes" and not with_bytes else shown["value"],
        "valueInfo": shown["valueInfo"],
        "initial": detail.is_initial,
        "revision": detail.revision,
        "errorMessage": None,
    }


def _common(detail: Any) -> dict[str, Any]:
    return {
        "id": str(detail.pk),
        "processDefinitionKey": key_of(detail),
        "processDefinitionId": detail.process_definition_id,
        "processInstanceId": as_text(detail.process_instance_id),
        "activityInstanceId": as_text(detail.activity_instance_id),
        "executionId": as_text(detail.execution_id),
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": as_text(detail.task_id),
        "tenantId": detail.tenant_id or None,
        "userOperationId": as_text(detail.user_operation_id),
        "time": format_date(detail.time),
        "removalTime": removal_time(detail),
        "rootProcessInstanceId": as_text(detail.root_process_instance_id),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = HistoricDetailQuery

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        deserialize = self.address().boolean("deserializeValues", True)
        return [historic_detail_json(row, deserialize=deserialize, with_bytes=False) for row in rows]


class Count(CountView):
    permissions = reading(VIEW)
    query = HistoricDetailQuery


class View(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, detail_id: str) -> HttpResponse:
        deserialize = self.address().boolean("deserializeValue", True)
        return json_answer(historic_detail_json(self.found(detail_id), deserialize=deserialize, with_bytes=True))

    def found(self, detail_id: str) -> Any:
        return find(HistoricDetailQuery.rows(), detail_id, "Historic detail")


class Data(View):
    def get(self, request: Request, detail_id: str) -> HttpResponse:
        detail = self.found(detail_id)
        if detail.variable_instance_id is None:
            raise RestError(f"Historic detail with Id '{detail.pk}' is not a variable update.")
        return binary_answer(detail.value, detail.name)


urlpatterns = [
    path("history/detail", List.as_view()),
    path("history/detail/count", Count.as_view()),
    path("history/detail/<str:detail_id>", View.as_view()),
    path("history/detail/<str:detail_id>/data", Data.as_view()),
]
