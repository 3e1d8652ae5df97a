"""/incident: what has stopped and waits for an operator."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models import Incident
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, any_of, before, equals, like, row_id, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.rows import as_text, find
from workflow_engine.services import management as service

VIEW = "view_incident"
MAX_ANNOTATION = 4_000


class IncidentQuery(ListQuery):
    parameters = {
        "incidentId": row_id("id"),
        "incidentType": equals("incident_type"),
        "incidentMessage": equals("incident_message"),
        "incidentMessageLike": like("incident_message"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKeyIn": any_of("process_definition__key"),
        "processInstanceId": row_id("process_instance_id"),
        "executionId": row_id("execution_id"),
        "incidentTimestampBefore": before("incident_timestamp"),
        "incidentTimestampAfter": after("incident_timestamp"),
        "activityId": equals("activity_id"),
        "failedActivityId": equals("failed_activity_id"),
        "causeIncidentId": row_id("cause_incident_id"),
        "rootCauseIncidentId": row_id("root_cause_incident_id"),
        "configuration": equals("configuration"),
        "jobDefinitionIdIn": row_ids("job_definition_id"),
        **tenants(),
    }
    sortings = {
        "incidentId": "id",
        "incidentMessage": "incident_message",
        "incidentTimestamp": "incident_timestamp",
        "incidentType": "incident_type",
        "executionId": "execution_id",
        "activityId": "activity_id",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "causeIncidentId": "cause_incident_id",
        "rootCauseIncidentId": "root_cause_incident_id",
        "configuration": "configuration",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Incident.objects.all()


def incident_json(incident: Incident) -> dict[str, Any]:
    return {
        "id": str(incident.pk),
        "processDefinitionId": incident.process_definition_id,
        "processInstanceId": as_text(incident.process_instance_id),
        "executionId": as_text(incident.execution_id),
        "incidentTimestamp": format_date(incident.incident_timestamp),
        "incidentType": incident.incident_type,
        "activityId": incident.activity_id,
        "failedActivityId": incident.failed_activity_id,
        "causeIncidentId": as_text(incident.cause_incident_id or incident.pk),
        "rootCauseIncidentId": as_text(incident.root_cause_incident_id or incident.pk),
        "configuration": incident.configuration,
        "incidentMessage": incident.incident_message,
        "tenantId": incident.tenant_id or None,
        "jobDefinitionId": as_text(incident.job_definition_id),
        "annotation": incident.annotation,
    }


class IncidentList(ListView):
    permissions = {"GET": VIEW}
    query = IncidentQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return incident_json(row)


class IncidentCount(CountView):
    permissions = {"GET": VIEW}
    query = IncidentQuery


class IncidentView(EngineView):
    permissions = {"GET": VIEW, "DELETE": "resolve_incident"}

    def get(self, request: Request, incident_id: str) -> HttpResponse:
        return json_answer(incident_json(find(Incident.objects, incident_id, "Incident")))

    def delete(self, request: Request, incident_id: str) -> HttpResponse:
        self.execute(commands.ResolveIncident(incident_id=incident_id))
        return no_content()


class Annotation(EngineView):
    permissions = {"PUT": "annotate_incident", "DELETE": "annotate_incident"}

    def put(self, request: Request, incident_id: str) -> HttpResponse:
        service.annotate_incident(incident_id, self.body().text("annotation", MAX_ANNOTATION), user=self.user_id)
        return no_content()

    def delete(self, request: Request, incident_id: str) -> HttpResponse:
        service.annotate_incident(incident_id, None, user=self.user_id)
        return no_content()


urlpatterns = [
    path("incident", IncidentList.as_view()),
    path("incident/count", IncidentCount.as_view()),
    path("incident/<str:incident_id>", IncidentView.as_view()),
    path("incident/<str:incident_id>/annotation", Annotation.as_view()),
]
