"""/execution, /variable-instance, /message, /signal and /condition."""

from __future__ import annotations

from workflow_engine.rest.description.operations import NOTHING, Operation, answers, download, takes
from workflow_engine.rest.description.resources.common import VALUE, scope
from workflow_engine.rest.description.shapes import answer, request

answer("Execution", {"id": "text", "processInstanceId": "text", "ended": "boolean", "tenantId": "text?"})
answer(
    "VariableInstance",
    {
        **VALUE, "id": "text", "name": "text", "processDefinitionId": "text?", "processInstanceId": "text?", "executionId": "text?",
        "caseInstanceId": "null", "caseExecutionId": "null", "taskId": "text?", "batchId": "text?", "activityInstanceId": "text?",
        "errorMessage": "null", "tenantId": "text?",
    },
)  # fmt: skip
request("SignalExecution", {"signalName": "text", "variables": "{TypedValue}"})
request("TriggerExecution", {"variables": "{TypedValue}", "variablesLocal": "{TypedValue}"})
request("NewIncident", {"incidentType": "text", "configuration": "text", "message": "text"})
request(
    "CorrelationMessage",
    {
        "messageName": "text", "businessKey": "text", "tenantId": "text", "withoutTenantId": "boolean", "processInstanceId": "text",
        "correlationKeys": "{TypedValue}", "localCorrelationKeys": "{TypedValue}", "processVariables": "{TypedValue}",
        "processVariablesLocal": "{TypedValue}", "processVariablesToTriggeredScope": "{TypedValue}", "all": "boolean", "resultEnabled": "boolean", "variablesInResultEnabled": "boolean",
    },
)  # fmt: skip
answer(
    "MessageCorrelationResult",
    {
        "resultType": "ProcessDefinition|Execution", "execution": "Execution?", "processInstance": "StartedProcessInstance?",
        "variables": "{VariableValue}",
    },
    "variables",
)  # fmt: skip
request(
    "Signal",
    {"name": "text", "executionId": "text", "variables": "{TypedValue}", "tenantId": "text", "withoutTenantId": "boolean"},
)  # fmt: skip
request(
    "EvaluateCondition",
    {"variables": "{TypedValue}", "businessKey": "text", "tenantId": "text", "withoutTenantId": "boolean", "processDefinitionId": "text"},
)  # fmt: skip

LISTS = {"/execution": "Execution", "/variable-instance": "VariableInstance"}
_SUBSCRIPTION = "/execution/{id}/messageSubscriptions/{messageName}"
OPERATIONS = {
    "GET /execution/{id}": answers("Execution"),
    "POST /execution/{id}/signal": takes("SignalExecution"),
    "POST /execution/{id}/create-incident": answers("Incident", body="NewIncident"),
    f"GET {_SUBSCRIPTION}": answers("EventSubscription"),
    f"POST {_SUBSCRIPTION}/trigger": takes("TriggerExecution"),
    **scope("/execution/{id}/localVariables"),
    "GET /variable-instance/{id}": answers("VariableInstance", query={"deserializeValue": "boolean"}),
    "GET /variable-instance/{id}/data": download(),
    "POST /message": Operation(
        body="CorrelationMessage", answers={200: "[MessageCorrelationResult]", 204: NOTHING}, errors=(422,)
    ),
    "POST /signal": takes("Signal"),
    "POST /condition": Operation(body="EvaluateCondition", answers={200: "[StartedProcessInstance]"}),
}
