"""/process-instance, /modification and /migration."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, takes
from workflow_engine.rest.description.resources.common import scope
from workflow_engine.rest.description.shapes import answer, request

_INSTANCE = answer(
    "ProcessInstance",
    {
        "links": "[Link]", "id": "text", "definitionId": "text?", "definitionKey": "text?", "businessKey": "text?",
        "caseInstanceId": "null", "ended": "boolean", "suspended": "boolean", "tenantId": "text?",
    },
)  # fmt: skip
answer(
    "StartedProcessInstance",
    {**_INSTANCE, "alreadyExisted": "boolean", "variables": "{VariableValue}"},
    "variables",
    description="`alreadyExisted`: the key's definition allows one instance for each business key, and this one was there.",
)
answer(
    "StartResult",
    {
        "id": "text?", "status": "integer", "type": "text", "message": "text", "definitionId": "text?", "definitionKey": "text?",
        "businessKey": "text?", "caseInstanceId": "null", "ended": "boolean", "suspended": "boolean", "tenantId": "text?",
        "alreadyExisted": "boolean",
    },
    "type", "message", "definitionId", "definitionKey", "businessKey", "caseInstanceId", "ended", "suspended", "tenantId",
    "alreadyExisted",
    description="Of one item: status 200 and the instance, or the status of the refusal with `type` and `message`.",
)  # fmt: skip
answer("StartResults", {"results": "[StartResult]"}, description="One for each item, in their order.")
request(
    "InstanceToStart",
    {
        "processDefinitionId": "text", "processDefinitionKey": "text", "tenantId": "text", "businessKey": "text",
        "variables": "{TypedValue}", "startInstructions": "[Instruction]", "skipCustomListeners": "boolean",
        "skipIoMappings": "boolean",
    },
)  # fmt: skip
request("StartManyInstances", {"instances": "[InstanceToStart]"})
_NODE = {
    "id": "text", "parentActivityInstanceId": "text?", "activityId": "text?", "activityName": "text?", "activityType": "text",
    "processInstanceId": "text", "processDefinitionId": "text?", "incidentIds": "[text]", "incidents": "[IncidentOfActivity]",
}  # fmt: skip
answer("IncidentOfActivity", {"id": "text", "activityId": "text?"})
answer(
    "ActivityInstance",
    {
        **_NODE, "name": "text?", "childActivityInstances": "[ActivityInstance]", "childTransitionInstances": "[TransitionInstance]",
        "executionIds": "[text]",
    },
)  # fmt: skip
answer("TransitionInstance", {**_NODE, "executionId": "text", "targetActivityId": "text?"})
request(
    "Instruction",
    {
        "type": "startBeforeActivity|startAfterActivity|startTransition|cancel", "activityId": "text", "transitionId": "text",
        "activityInstanceId": "text", "transitionInstanceId": "text", "ancestorActivityInstanceId": "text",
        "cancelCurrentActiveActivityInstances": "boolean", "variables": "{TypedValueOfScope}",
    },
)  # fmt: skip
_SKIP = {"skipCustomListeners": "boolean", "skipIoMappings": "boolean"}
request("ProcessInstanceModification", {**_SKIP, "instructions": "[Instruction]", "annotation": "text"})
_CHOICE = {
    "processInstanceIds": "[text]",
    "processInstanceQuery": "ProcessInstanceQuery",
    "historicProcessInstanceQuery": "HistoricProcessInstanceQuery",
}
request(
    "ProcessInstancesSuspension",
    {
        **_CHOICE, "suspended": "boolean", "processDefinitionId": "text", "processDefinitionKey": "text",
        "processDefinitionTenantId": "text", "processDefinitionWithoutTenantId": "boolean",
    },
)  # fmt: skip
request("ProcessInstancesSuspensionAsync", {**_CHOICE, "suspended": "boolean"})
request(
    "ProcessInstancesDeletion",
    {**_CHOICE, **_SKIP, "deleteReason": "text", "skipSubprocesses": "boolean", "failIfNotExists": "boolean"},
)
request(
    "JobRetriesOfProcessInstances",
    {
        "processInstances": "[text]", "processInstanceQuery": "ProcessInstanceQuery", "historicProcessInstanceQuery": "HistoricProcessInstanceQuery",
        "retries": "integer", "dueDate": "date",
    },
)  # fmt: skip
request("MessageToProcessInstances", {**_CHOICE, "messageName": "text", "variables": "{TypedValue}"})
request("VariablesOfProcessInstances", {**_CHOICE, "variables": "{TypedValue}"})
request(
    "Modification",
    {**_CHOICE, **_SKIP, "processDefinitionId": "text", "instructions": "[Instruction]", "annotation": "text"},
)
answer(
    "MigrationInstruction", {"sourceActivityIds": "[text]", "targetActivityIds": "[text]", "updateEventTrigger": "boolean"}
)  # fmt: skip
request(
    "NewMigrationInstruction",
    {"sourceActivityIds": "[text]", "targetActivityIds": "[text]", "updateEventTrigger": "boolean"},
)
_DEFINITIONS = {"sourceProcessDefinitionId": "text", "targetProcessDefinitionId": "text"}
request("MigrationPlanGeneration", {**_DEFINITIONS, "updateEventTriggers": "boolean", "variables": "{TypedValue}"})
request("NewMigrationPlan", {**_DEFINITIONS, "instructions": "[NewMigrationInstruction]", "variables": "{TypedValue}"})
answer("MigrationPlan", {**_DEFINITIONS, "instructions": "[MigrationInstruction]", "variables": "{VariableValue}?"})
answer(
    "MigrationPlanReport",
    {"instructionReports": "[MigrationInstructionReport]", "variableReports": "{MigrationVariableReport}"},
)
answer("MigrationInstructionReport", {"instruction": "MigrationInstruction", "failures": "[text]"})
answer(
    "MigrationVariableReport",
    {"value": "any", "type": "text?", "valueInfo": "object", "failures": "[text]"},
)
request("MigrationExecution", {**_CHOICE, **_SKIP, "migrationPlan": "NewMigrationPlan"})

LISTS = {"/process-instance": "ProcessInstance"}
_ONE = "/process-instance/{id}"
OPERATIONS = {
    f"GET {_ONE}": answers("ProcessInstance"),
    f"DELETE {_ONE}": Operation(
        query={**_SKIP, "skipSubprocesses": "boolean", "failIfNotExists": "boolean", "deleteReason": "text"}
    ),
    f"GET {_ONE}/activity-instances": answers("ActivityInstance"),
    f"PUT {_ONE}/suspended": takes("Suspension"),
    f"POST {_ONE}/modification": takes("ProcessInstanceModification"),
    f"POST {_ONE}/modification-async": answers("Batch", body="ProcessInstanceModification"),
    **scope(f"{_ONE}/variables"),
    f"GET {_ONE}/comment": answers("[Comment]"),
    f"PUT {_ONE}/comment": takes("CommentChange"),
    f"DELETE {_ONE}/comment": takes(None),
    f"DELETE {_ONE}/comment/{{commentId}}": takes(None),
    "PUT /process-instance/suspended": takes("ProcessInstancesSuspension"),
    "POST /process-instance/suspended-async": answers("Batch", body="ProcessInstancesSuspensionAsync"),
    "POST /process-instance/start-many": Operation(
        answers={200: "StartResults"}, body="StartManyInstances", summary="Start many", errors=(422,)
    ),
    "POST /process-instance/delete": answers("Batch", body="ProcessInstancesDeletion"),
    "POST /process-instance/delete-historic-query-based": answers("Batch", body="ProcessInstancesDeletion"),
    "POST /process-instance/job-retries": answers("Batch", body="JobRetriesOfProcessInstances"),
    "POST /process-instance/job-retries-historic-query-based": answers("Batch", body="JobRetriesOfProcessInstances"),
    "POST /process-instance/message-async": answers("Batch", body="MessageToProcessInstances"),
    "POST /process-instance/variables-async": answers("Batch", body="VariablesOfProcessInstances"),
    "POST /modification/execute": takes("Modification"),
    "POST /modification/executeAsync": answers("Batch", body="Modification"),
    "POST /migration/generate": answers("MigrationPlan", body="MigrationPlanGeneration"),
    "POST /migration/validate": answers("MigrationPlanReport", body="NewMigrationPlan"),
    "POST /migration/execute": takes("MigrationExecution"),
    "POST /migration/executeAsync": answers("Batch", body="MigrationExecution"),
}
