"""/history: instances, activities, tasks and incidents that were, and who did what."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, takes
from workflow_engine.rest.description.shapes import answer, request

_OF_INSTANCE = {
    "processDefinitionKey": "text?", "processDefinitionId": "text?", "processInstanceId": "text?", "executionId": "text?",
    "tenantId": "text?", "removalTime": "date?", "rootProcessInstanceId": "text?",
}  # fmt: skip
NO_CASE = {"caseDefinitionId": "null", "caseInstanceId": "null", "caseExecutionId": "null"}
answer(
    "HistoricProcessInstance",
    {
        "id": "text", "businessKey": "text?", "processDefinitionId": "text?", "processDefinitionKey": "text?",
        "processDefinitionName": "text?", "processDefinitionVersion": "integer?", "startTime": "date", "endTime": "date?",
        "removalTime": "date?", "durationInMillis": "long?", "startUserId": "text?", "startActivityId": "text?",
        "deleteReason": "text?", "rootProcessInstanceId": "text?", "superProcessInstanceId": "text?", "superCaseInstanceId": "null",
        "caseInstanceId": "null", "tenantId": "text?", "state": "text", "restartedProcessInstanceId": "text?",
    },
)  # fmt: skip
answer(
    "HistoricActivityInstance",
    {
        **_OF_INSTANCE, "id": "text", "parentActivityInstanceId": "text?", "activityId": "text?", "activityName": "text?",
        "activityType": "text", "taskId": "text?", "calledProcessInstanceId": "text?", "calledCaseInstanceId": "null",
        "assignee": "text?", "startTime": "date", "endTime": "date?", "durationInMillis": "long?", "canceled": "boolean",
        "completeScope": "boolean",
    },
)  # fmt: skip
answer(
    "HistoricTask",
    {
        **_OF_INSTANCE, **NO_CASE, "caseDefinitionKey": "null", "id": "text", "activityInstanceId": "text?", "name": "text?",
        "description": "text?", "deleteReason": "text?", "owner": "text?", "assignee": "text?", "startTime": "date", "endTime": "date?",
        "duration": "long?", "taskDefinitionKey": "text?", "priority": "integer", "due": "date?", "parentTaskId": "text?",
        "followUp": "date?", "taskState": "text?",
    },
)  # fmt: skip
answer(
    "HistoricIncident",
    {
        **_OF_INSTANCE, "id": "text", "createTime": "date", "endTime": "date?", "incidentType": "text", "activityId": "text?",
        "failedActivityId": "text?", "causeIncidentId": "text?", "rootCauseIncidentId": "text?", "configuration": "text?",
        "historyConfiguration": "text?", "incidentMessage": "text?", "jobDefinitionId": "text?", "open": "boolean",
        "deleted": "boolean", "resolved": "boolean", "annotation": "text?",
    },
)  # fmt: skip
answer(
    "HistoricActivityStatistics",
    {
        "id": "text", "instances": "long", "canceled": "long", "finished": "long", "completeScope": "long", "openIncidents": "long",
        "resolvedIncidents": "long", "deletedIncidents": "long",
    },
)  # fmt: skip
answer(
    "UserOperation",
    {
        **NO_CASE, "id": "text", "userId": "text?", "timestamp": "date", "operationId": "text", "operationType": "text",
        "entityType": "text", "category": "text?", "annotation": "text?", "property": "text?", "orgValue": "text?", "newValue": "text?",
        "deploymentId": "text?", "processDefinitionId": "text?", "processDefinitionKey": "text?", "processInstanceId": "text?",
        "executionId": "text?", "taskId": "text?", "externalTaskId": "text?", "batchId": "text?", "jobId": "text?",
        "jobDefinitionId": "text?", "removalTime": "date?", "rootProcessInstanceId": "text?",
    },
)  # fmt: skip
answer(
    "DurationReport", {"period": "integer", "periodUnit": "text", "minimum": "long", "maximum": "long", "average": "long"}
)  # fmt: skip
answer(
    "HistoricTaskReport",
    {
        "definition": "text?", "processDefinitionId": "text?", "processDefinitionKey": "text?", "processDefinitionName": "text?",
        "taskName": "text?", "count": "long?", "tenantId": "text?", "period": "integer", "periodUnit": "text", "minimum": "long",
        "maximum": "long", "average": "long",
    },
    "definition", "processDefinitionId", "processDefinitionKey", "processDefinitionName", "taskName", "count", "tenantId", "period",
    "periodUnit", "minimum", "maximum", "average",
)  # fmt: skip
_CHOICE = {"historicProcessInstanceIds": "[text]", "historicProcessInstanceQuery": "HistoricProcessInstanceQuery"}
request("HistoryDeletion", {**_CHOICE, "deleteReason": "text", "failIfNotExists": "boolean"})
_REMOVAL = {"absoluteRemovalTime": "date", "clearedRemovalTime": "boolean", "calculatedRemovalTime": "boolean"}
request(
    "RemovalTimeOfInstances", {**_CHOICE, **_REMOVAL, "hierarchical": "boolean", "updateInChunks": "boolean", "updateChunkSize": "integer"}
)  # fmt: skip
request(
    "RemovalTimeOfBatches",
    {**_REMOVAL, "historicBatchIds": "[text]", "historicBatchQuery": "HistoricBatchQuery", "hierarchical": "boolean"},
)

LISTS = {
    "/history/process-instance": "HistoricProcessInstance",
    "/history/activity-instance": "HistoricActivityInstance",
    "/history/task": "HistoricTask",
    "/history/incident": "HistoricIncident",
    "/history/user-operation": "UserOperation",
}
_REPORT = {"reportType": "text", "periodUnit": "text"}
_STARTED = {"startedBefore": "date", "startedAfter": "date"}
OPERATIONS = {
    "GET /history/process-instance/{id}": answers("HistoricProcessInstance"),
    "DELETE /history/process-instance/{id}": Operation(query={"failIfNotExists": "boolean"}),
    "DELETE /history/process-instance/{id}/variable-instances": takes(None),
    "GET /history/process-instance/report": Operation(
        answers={200: "[DurationReport]"},
        query={**_REPORT, **_STARTED, "processDefinitionIdIn": "text", "processDefinitionKeyIn": "text"},
        also_as=("application/csv", "text/csv"),
    ),
    "POST /history/process-instance/delete": answers("Batch", body="HistoryDeletion"),
    "POST /history/process-instance/set-removal-time": answers("Batch", body="RemovalTimeOfInstances"),
    "POST /history/batch/set-removal-time": answers("Batch", body="RemovalTimeOfBatches"),
    "GET /history/activity-instance/{id}": answers("HistoricActivityInstance"),
    "GET /history/task/report": answers(
        "[HistoricTaskReport]", query={**_REPORT, "completedBefore": "date", "completedAfter": "date", "groupBy": "text"}
    ),
    "GET /history/process-definition/{id}/statistics": answers(
        "[HistoricActivityStatistics]",
        query={
            "canceled": "boolean", "finished": "boolean", "completeScope": "boolean", "incidents": "boolean", **_STARTED,
            "finishedBefore": "date", "finishedAfter": "date", "processInstanceIdIn": "text", "sortBy": "text",
            "sortOrder": "asc|desc",
        },
    ),
    "PUT /history/user-operation/{operationId}/set-annotation": takes("Annotation"),
    "PUT /history/user-operation/{operationId}/clear-annotation": takes(None),
}  # fmt: skip
