"""/incident and /event-subscription."""

from __future__ import annotations

from workflow_engine.rest.description.operations import answers, takes
from workflow_engine.rest.description.shapes import answer

answer(
    "Incident",
    {
        "id": "text", "processDefinitionId": "text?", "processInstanceId": "text?", "executionId": "text?", "incidentTimestamp": "date",
        "incidentType": "text", "activityId": "text?", "failedActivityId": "text?", "causeIncidentId": "text?",
        "rootCauseIncidentId": "text?", "configuration": "text?", "incidentMessage": "text?", "tenantId": "text?",
        "jobDefinitionId": "text?", "annotation": "text?",
    },
)  # fmt: skip
answer(
    "EventSubscription",
    {
        "id": "text", "eventType": "text", "eventName": "text?", "executionId": "text?", "processInstanceId": "text?",
        "activityId": "text?", "createdDate": "date", "tenantId": "text?",
    },
)  # fmt: skip

LISTS = {"/incident": "Incident", "/event-subscription": "EventSubscription"}
OPERATIONS = {
    "GET /incident/{id}": answers("Incident"),
    "DELETE /incident/{id}": takes(None),
    "PUT /incident/{id}/annotation": takes("Annotation"),
    "DELETE /incident/{id}/annotation": takes(None),
}
