"""/history/process-instance."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import (
    HistoricActivityInstance,
    HistoricIncident,
    HistoricJobLog,
    HistoricProcessInstance,
    HistoricVariableInstance,
    Job,
)
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import (
    Parameter,
    after,
    any_of,
    before,
    equals,
    flag,
    like,
    none_of,
    option,
    related,
    row_id,
    row_ids,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import of_instance, variables
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import DURATION
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text, find
from workflow_engine.services import history as service

VIEW = "view_historicprocessinstance"
ASYNC_CONTINUATION = "async-continuation"


def _activities() -> QuerySet[Any]:
    return HistoricActivityInstance.objects.filter(process_instance_id=OuterRef("pk"))


def _incidents() -> QuerySet[Any]:
    return HistoricIncident.objects.filter(process_instance_id=OuterRef("pk"))


def _root_incidents() -> QuerySet[Any]:
    return _incidents().filter(Q(root_cause_incident_id=F("pk")) | Q(root_cause_incident_id__isnull=True))


def _job_logs() -> QuerySet[Any]:
    return HistoricJobLog.objects.filter(process_instance_id=OuterRef("pk"))


def _called() -> QuerySet[Any]:
    return HistoricProcessInstance.objects.filter(super_process_instance_id=OuterRef("pk"))


def _at_activity(activity_ids: list[str], _: Any) -> Q | None:
    """Also where an activity has not begun because its job waits or has failed."""
    if not activity_ids:
        return None
    here = {"activity_id__in": activity_ids}
    jobs = Job.objects.filter(process_instance_id=OuterRef("pk"), handler_type=ASYNC_CONTINUATION, **here)
    incidents = _incidents().filter(state="open", **here)
    return Q(Exists(_activities().filter(end_time__isnull=True, **here))) | Q(Exists(jobs)) | Q(Exists(incidents))


def _retried_jobs() -> Q:
    return Q(
        Exists(Job.objects.filter(process_instance_id=OuterRef("pk"), exception_message__isnull=False, retries__gt=0))
    )


class HistoricProcessInstanceQuery(ListQuery):
    has_or_queries = True
    parameters = {
        "processInstanceId": row_id("id"),
        "processInstanceIds": row_ids("id"),
        "processInstanceIdNotIn": row_ids("id", excluded=True),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition_key"),
        "processDefinitionKeyIn": any_of("process_definition_key"),
        "processDefinitionKeyNotIn": none_of("process_definition_key"),
        "processDefinitionName": equals("process_definition__name"),
        "processDefinitionNameLike": like("process_definition__name"),
        "processInstanceBusinessKey": equals("business_key"),
        "processInstanceBusinessKeyIn": any_of("business_key"),
        "processInstanceBusinessKeyLike": like("business_key"),
        "rootProcessInstances": flag(Q(super_process_instance__isnull=True)),
        "rootProcessInstanceId": row_id("root_process_instance_id"),
        "finished": flag(Q(end_time__isnull=False)),
        "unfinished": flag(Q(end_time__isnull=True)),
        "withJobsRetrying": flag(_retried_jobs),
        "withIncidents": flag(lambda: Q(Exists(_incidents()))),
        "withRootIncidents": flag(lambda: Q(Exists(_root_incidents()))),
        "incidentIdIn": related(_incidents, row_ids("id")),
        "incidentType": related(_incidents, equals("incident_type")),
        "incidentStatus": related(_incidents, equals("state")),
        "incidentMessage": related(_incidents, equals("incident_message")),
        "incidentMessageLike": related(_incidents, like("incident_message")),
        "startedBefore": before("start_time", inclusive=True),
        "startedAfter": after("start_time", inclusive=True),
        "finishedBefore": before("end_time", inclusive=True),
        "finishedAfter": after("end_time", inclusive=True),
        "executedActivityAfter": related(_activities, after("end_time", inclusive=True)),
        "executedActivityBefore": related(_activities, before("end_time", inclusive=True)),
        "executedJobAfter": related(_job_logs, after("timestamp", inclusive=True)),
        "executedJobBefore": related(_job_logs, before("timestamp", inclusive=True)),
        "executedActivityIdIn": related(lambda: _activities().filter(end_time__isnull=False), any_of("activity_id")),
        "activeActivityIdIn": related(lambda: _activities().filter(end_time__isnull=True), any_of("activity_id")),
        "activityIdIn": Parameter(convert.text_list, _at_activity),
        "startedBy": equals("start_user_id"),
        "superProcessInstanceId": row_id("super_process_instance_id"),
        "subProcessInstanceId": related(_called, row_id("pk")),
        "superCaseInstanceId": no_such(),
        "subCaseInstanceId": no_such(),
        "caseInstanceId": no_such(),
        "active": flag(Q(state="ACTIVE")),
        "suspended": flag(Q(state="SUSPENDED")),
        "completed": flag(Q(state="COMPLETED")),
        "externallyTerminated": flag(Q(state="EXTERNALLY_TERMINATED")),
        "internallyTerminated": flag(Q(state="INTERNALLY_TERMINATED")),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "variables": variables(of_instance(HistoricVariableInstance, "pk")),
        **tenants(),
    }
    sortings = {
        "instanceId": "id",
        "definitionId": "process_definition_id",
        "definitionKey": "process_definition_key",
        "definitionName": "process_definition__name",
        "definitionVersion": "process_definition__version",
        "businessKey": "business_key",
        "startTime": "start_time",
        "endTime": "end_time",
        "duration": DURATION,
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return HistoricProcessInstance.objects.select_related("process_definition")


def historic_process_instance_json(instance: HistoricProcessInstance) -> dict[str, Any]:
    return {
        "id": str(instance.pk),
        "businessKey": instance.business_key,
        "processDefinitionId": instance.process_definition_id,
        "processDefinitionKey": instance.process_definition_key,
        "processDefinitionName": instance.process_definition.name,
        "processDefinitionVersion": instance.process_definition.version,
        "startTime": format_date(instance.start_time),
        "endTime": format_date(instance.end_time),
        "removalTime": format_date(instance.removal_time),
        "durationInMillis": instance.duration_in_millis,
        "startUserId": instance.start_user_id,
        "startActivityId": instance.start_activity_id,
        "deleteReason": instance.delete_reason,
        "rootProcessInstanceId": as_text(instance.root_process_instance_id),
        "superProcessInstanceId": as_text(instance.super_process_instance_id),
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "tenantId": instance.tenant_id or None,
        "state": instance.state,
        "restartedProcessInstanceId": as_text(instance.restarted_process_instance_id),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = HistoricProcessInstanceQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return historic_process_instance_json(row)


class Count(CountView):
    permissions = reading(VIEW)
    query = HistoricProcessInstanceQuery


class View(EngineView):
    permissions = {"GET": VIEW, "DELETE": "delete_history"}

    def get(self, request: Request, instance_id: str) -> HttpResponse:
        return json_answer(historic_process_instance_json(self.found(instance_id)))

    def delete(self, request: Request, instance_id: str) -> HttpResponse:
        if (
            self.address().boolean("failIfNotExists", True)
            or HistoricProcessInstance.objects.by_id(instance_id).exists()
        ):
            service.delete_historic_process_instance(str(self.found(instance_id).pk), user=self.user_id)
        return no_content()

    def found(self, instance_id: str) -> HistoricProcessInstance:
        instance: HistoricProcessInstance = find(
            HistoricProcessInstanceQuery.rows(), instance_id, "Historic process instance"
        )
        return instance


urlpatterns = [
    path("history/process-instance", List.as_view()),
    path("history/process-instance/count", Count.as_view()),
    path("history/process-instance/<str:instance_id>", View.as_view()),
]
