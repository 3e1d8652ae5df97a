"""/history: variables and their updates, logs of jobs, external tasks and identity links; what is to be removed."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, download, takes, text
from workflow_engine.rest.description.resources.common import VALUE
from workflow_engine.rest.description.resources.history import NO_CASE
from workflow_engine.rest.description.shapes import answer

_OF_INSTANCE = {
    **NO_CASE, "caseDefinitionKey": "null", "id": "text", "processDefinitionKey": "text?", "processDefinitionId": "text?",
    "processInstanceId": "text?", "executionId": "text?", "activityInstanceId": "text?", "taskId": "text?", "tenantId": "text?",
    "removalTime": "date?", "rootProcessInstanceId": "text?", "errorMessage": "null",
}  # fmt: skip
answer("HistoricVariableInstance", {**VALUE, **_OF_INSTANCE, "name": "text", "state": "text", "createTime": "date?"})
answer(
    "HistoricDetail",
    {
        **_OF_INSTANCE, "type": "text", "userOperationId": "text?", "time": "date", "variableName": "text",
        "variableInstanceId": "text", "variableType": "text", "value": "any", "valueInfo": "object", "initial": "boolean",
        "revision": "integer", "fieldId": "text", "fieldValue": "text?",
    },
    *("errorMessage", "variableName", "variableInstanceId", "variableType", "value", "valueInfo", "initial", "revision"),
    *("fieldId", "fieldValue"),
    description="An update of a variable (type variableUpdate), or a text that a form sent (type formField).",
)  # fmt: skip
_LOG = {
    "id": "text", "timestamp": "date", "removalTime": "date?", "activityId": "text?", "executionId": "text?",
    "processInstanceId": "text?", "processDefinitionId": "text?", "processDefinitionKey": "text?", "tenantId": "text?",
    "rootProcessInstanceId": "text?", "creationLog": "boolean", "failureLog": "boolean", "successLog": "boolean",
    "deletionLog": "boolean",
}  # fmt: skip
answer(
    "HistoricExternalTaskLog",
    {
        **_LOG, "externalTaskId": "text", "topicName": "text", "workerId": "text?", "priority": "long", "retries": "integer?",
        "errorMessage": "text?", "activityInstanceId": "text?",
    },
)  # fmt: skip
answer(
    "HistoricJobLog",
    {
        **_LOG, "jobId": "text", "jobDueDate": "date?", "jobRetries": "integer", "jobPriority": "long", "jobExceptionMessage": "text?",
        "jobDefinitionId": "text?", "jobDefinitionType": "text?", "jobDefinitionConfiguration": "text?", "failedActivityId": "text?",
        "deploymentId": "text?", "hostname": "text?", "batchId": "text?",
    },
)  # fmt: skip
answer(
    "HistoricIdentityLink",
    {
        "id": "text", "time": "date", "type": "text?", "userId": "text?", "groupId": "text?", "taskId": "text?",
        "processDefinitionId": "text?", "processDefinitionKey": "text?", "operationType": "text", "assignerId": "text?",
        "tenantId": "text?", "removalTime": "date?", "rootProcessInstanceId": "text?",
    },
)  # fmt: skip
answer(
    "HistoryCleanupConfiguration",
    {"batchWindowStartTime": "date?", "batchWindowEndTime": "date?", "enabled": "boolean"},
)
answer(
    "CleanableProcessInstanceReport",
    {
        "processDefinitionId": "text", "processDefinitionKey": "text", "processDefinitionName": "text?",
        "processDefinitionVersion": "integer", "historyTimeToLive": "integer?", "finishedProcessInstanceCount": "long",
        "cleanableProcessInstanceCount": "long", "tenantId": "text?",
    },
)  # fmt: skip

_CLEANABLE = "/history/process-definition/cleanable-process-instance-report"
LISTS = {
    "/history/variable-instance": "HistoricVariableInstance",
    "/history/detail": "HistoricDetail",
    "/history/external-task-log": "HistoricExternalTaskLog",
    "/history/job-log": "HistoricJobLog",
    "/history/identity-link-log": "HistoricIdentityLink",
    _CLEANABLE: "CleanableProcessInstanceReport",
}
_DESERIALIZE = {"deserializeValue": "boolean"}
OPERATIONS = {
    "GET /history/variable-instance/{id}": answers(
        "HistoricVariableInstance", query={**_DESERIALIZE, "deserializeValues": "boolean"}
    ),
    "DELETE /history/variable-instance/{id}": takes(None),
    "GET /history/variable-instance/{id}/data": download(),
    "GET /history/detail/{id}": answers("HistoricDetail", query=_DESERIALIZE),
    "GET /history/detail/{id}/data": download(),
    "GET /history/external-task-log/{id}": answers("HistoricExternalTaskLog"),
    "GET /history/external-task-log/{id}/error-details": text(),
    "GET /history/job-log/{id}": answers("HistoricJobLog"),
    "GET /history/job-log/{id}/stacktrace": text(),
    "POST /history/cleanup": Operation(answers={200: "Job"}, query={"immediatelyDue": "boolean"}),
    "GET /history/cleanup/configuration": answers("HistoryCleanupConfiguration"),
    "GET /history/cleanup/job": Operation(answers={200: "Job"}, errors=(404,)),
    "GET /history/cleanup/jobs": Operation(answers={200: "[Job]"}, errors=(404,)),
}
