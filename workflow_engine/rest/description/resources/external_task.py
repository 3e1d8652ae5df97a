"""/external-task."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, takes, text
from workflow_engine.rest.description.shapes import answer, request

_TASK = {
    "activityId": "text?", "activityInstanceId": "text", "errorMessage": "text?", "executionId": "text", "id": "text",
    "lockExpirationTime": "date?", "createTime": "date", "processDefinitionId": "text?", "processDefinitionKey": "text?",
    "processDefinitionVersionTag": "text?", "processInstanceId": "text", "retries": "integer?", "suspended": "boolean",
    "workerId": "text?", "topicName": "text", "tenantId": "text?", "priority": "long", "businessKey": "text?",
}  # fmt: skip
answer("ExternalTask", _TASK)
answer(
    "LockedExternalTask",
    {
        **_TASK,
        "errorDetails": "text?",
        "variables": "{VariableValue}",
        "extensionProperties": "{text}",
        "lockToken": "text",
        "traceparent": "text",
    },
    "traceparent",
    description="`lockToken` names this very lock: sent back, it tells a worker that lost the lock in between."
    " `traceparent`, only where the site traces: the W3C Trace Context of the command that made the task.",
)
request(
    "FetchExternalTasks",
    {
        "workerId": "text", "maxTasks": "integer", "usePriority": "boolean", "asyncResponseTimeout": "long",
        "sorting": "[Sorting]", "topics": "[FetchTopic]",
    },
)  # fmt: skip
request(
    "FetchTopic",
    {
        "topicName": "text", "lockDuration": "long", "variables": "[text]", "localVariables": "boolean", "businessKey": "text",
        "processDefinitionId": "text", "processDefinitionIdIn": "[text]", "processDefinitionKey": "text",
        "processDefinitionKeyIn": "[text]", "processDefinitionVersionTag": "text", "processVariables": "object",
        "withoutTenantId": "boolean", "tenantIdIn": "[text]", "deserializeValues": "boolean", "includeExtensionProperties": "boolean",
    },
)  # fmt: skip
_LOCKED = {"workerId": "text", "lockToken": "text"}
_VARIABLES = {"variables": "{TypedValue}", "localVariables": "{TypedValue}"}
request("CompleteExternalTask", {**_LOCKED, **_VARIABLES})
request(
    "ExternalTaskFailure",
    {
        **_LOCKED, **_VARIABLES, "errorMessage": "text", "errorDetails": "text", "retries": "integer", "retryTimeout": "long",
    },
)  # fmt: skip
request("ExternalTaskBpmnError", {**_LOCKED, "errorCode": "text", "errorMessage": "text", "variables": "{TypedValue}"})
request("ExtendLock", {**_LOCKED, "newDuration": "long"})
request("LockExternalTask", {"workerId": "text", "lockDuration": "long"})
request("ExternalTaskRetries", {"retries": "integer"})
request(
    "RetriesOfExternalTasks",
    {
        "retries": "integer", "externalTaskIds": "[text]", "processInstanceIds": "[text]", "externalTaskQuery": "ExternalTaskQuery",
        "processInstanceQuery": "ProcessInstanceQuery", "historicProcessInstanceQuery": "HistoricProcessInstanceQuery",
    },
)  # fmt: skip

# Beyond Camunda's API: many in one request.
_ITEM = {"id": "text", "lockToken": "text"}
answer(
    "ItemResult",
    {"id": "text?", "status": "integer", "type": "text", "message": "text"},
    "type", "message",
    description="Of one item of a request for many: the status of the request for it alone; `type` and `message` of a refusal.",
)  # fmt: skip
answer("ItemResults", {"results": "[ItemResult]"}, description="One for each item, in their order.")
request("TaskToComplete", {**_ITEM, **_VARIABLES})
request(
    "TaskToFail",
    {
        **_ITEM,
        **_VARIABLES,
        "errorMessage": "text",
        "errorDetails": "text",
        "retries": "integer",
        "retryTimeout": "long",
    },
)
request("TaskToExtend", {**_ITEM, "newDuration": "long"})
request("CompleteManyExternalTasks", {"workerId": "text", "tasks": "[TaskToComplete]"})
request("FailManyExternalTasks", {"workerId": "text", "tasks": "[TaskToFail]"})
request("ExtendManyLocks", {"workerId": "text", "newDuration": "long", "tasks": "[TaskToExtend]"})


def _many(body: str, summary: str) -> Operation:
    return Operation(answers={200: "ItemResults"}, body=body, summary=summary, errors=(422,))


LISTS = {"/external-task": "ExternalTask"}
OPERATIONS = {
    "POST /external-task/fetchAndLock": answers("[LockedExternalTask]", body="FetchExternalTasks"),
    "POST /external-task/{id}/complete": takes("CompleteExternalTask"),
    "POST /external-task/{id}/failure": takes("ExternalTaskFailure"),
    "POST /external-task/complete-many": _many("CompleteManyExternalTasks", "Complete many"),
    "POST /external-task/failure-many": _many("FailManyExternalTasks", "Report the failure of many"),
    "POST /external-task/extendLock-many": _many("ExtendManyLocks", "Extend the locks of many"),
    "POST /external-task/{id}/bpmnError": takes("ExternalTaskBpmnError"),
    "POST /external-task/{id}/extendLock": takes("ExtendLock"),
    "POST /external-task/{id}/lock": takes("LockExternalTask"),
    "POST /external-task/{id}/unlock": takes(None),
    "PUT /external-task/{id}/retries": takes("ExternalTaskRetries"),
    "PUT /external-task/{id}/priority": takes("Priority"),
    "PUT /external-task/retries": takes("RetriesOfExternalTasks"),
    "POST /external-task/retries-async": answers("Batch", body="RetriesOfExternalTasks"),
    "GET /external-task/topic-names": answers(
        "[text]", query={"withLockedTasks": "boolean", "withUnlockedTasks": "boolean", "withRetriesLeft": "boolean"}
    ),
    "GET /external-task/{id}": answers("ExternalTask"),
    "GET /external-task/{id}/errorDetails": text(),
}
