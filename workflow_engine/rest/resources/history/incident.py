"""/history/incident."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path

from workflow_engine.models import HistoricIncident
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, any_of, before, equals, flag, like, row_id, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.history.common import key_of, removal_time, with_definition
from workflow_engine.rest.rows import as_text

VIEW = "view_historicincident"


class HistoricIncidentQuery(ListQuery):
    parameters = {
        "incidentId": row_id("id"),
        "incidentType": equals("incident_type"),
        "incidentMessage": equals("incident_message"),
        "incidentMessageLike": like("incident_message"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "processDefinitionKeyIn": any_of("process_definition__key"),
        "processInstanceId": row_id("process_instance_id"),
        "executionId": row_id("execution_id"),
        "createTimeBefore": before("create_time"),
        "createTimeAfter": after("create_time"),
        "endTimeBefore": before("end_time"),
        "endTimeAfter": after("end_time"),
        "activityId": equals("activity_id"),
        "failedActivityId": equals("failed_activity_id"),
        "causeIncidentId": row_id("cause_incident_id"),
        "rootCauseIncidentId": row_id("root_cause_incident_id"),
        "configuration": equals("configuration"),
        "historyConfiguration": equals("history_configuration"),
        "open": flag(Q(state="open")),
        "resolved": flag(Q(state="resolved")),
        "deleted": flag(Q(state="deleted")),
        "jobDefinitionIdIn": row_ids("job_definition_id"),
        **tenants(),
    }
    sortings = {
        "incidentId": "id",
        "incidentMessage": "incident_message",
        "createTime": "create_time",
        "endTime": "end_time",
        "incidentType": "incident_type",
        "executionId": "execution_id",
        "activityId": "activity_id",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition__key",
        "causeIncidentId": "cause_incident_id",
        "rootCauseIncidentId": "root_cause_incident_id",
        "configuration": "configuration",
        "historyConfiguration": "history_configuration",
        "tenantId": "tenant_id",
        "incidentState": "state",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricIncident.objects)


def historic_incident_json(incident: Any) -> dict[str, Any]:
    return {
        "id": str(incident.pk),
        "processDefinitionKey": key_of(incident),
        "processDefinitionId": incident.process_definition_id,
        "processInstanceId": as_text(incident.process_instance_id),
        "executionId": as_text(incident.execution_id),
        "rootProcessInstanceId": as_text(incident.root_process_instance_id),
        "createTime": format_date(incident.create_time),
        "endTime": format_date(incident.end_time),
        "removalTime": removal_time(incident),
        "incidentType": incident.incident_type,
        "activityId": incident.activity_id,
        "failedActivityId": incident.failed_activity_id,
        "causeIncidentId": as_text(incident.cause_incident_id or incident.pk),
        "rootCauseIncidentId": as_text(incident.root_cause_incident_id or incident.pk),
        "configuration": incident.configuration,
        "historyConfiguration": incident.history_configuration,
        "incidentMessage": incident.incident_message,
        "tenantId": incident.tenant_id or None,
        "jobDefinitionId": as_text(incident.job_definition_id),
        "open": incident.state == "open",
        "deleted": incident.state == "deleted",
        "resolved": incident.state == "resolved",
        "annotation": incident.annotation,
    }


class List(ListView):
    permissions = {"GET": VIEW}
    query = HistoricIncidentQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return historic_incident_json(row)


class Count(CountView):
    permissions = {"GET": VIEW}
    query = HistoricIncidentQuery


urlpatterns = [path("history/incident", List.as_view()), path("history/incident/count", Count.as_view())]
