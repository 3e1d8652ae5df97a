"""/process-definition: one by its id, by its key, or by key and tenant."""

from __future__ import annotations

from workflow_engine.rest.description.operations import NOTHING, Operation, answers, takes
from workflow_engine.rest.description.shapes import answer, request

answer(
    "ProcessDefinition",
    {
        "id": "text", "key": "text", "category": "text?", "description": "text?", "name": "text?", "version": "integer",
        "resource": "text", "deploymentId": "text?", "diagram": "null", "suspended": "boolean", "tenantId": "text?",
        "versionTag": "text?", "historyTimeToLive": "integer?", "startableInTasklist": "boolean",
    },
)  # fmt: skip
answer("ProcessDefinitionXml", {"id": "text", "bpmn20Xml": "text"})
answer("CamundaFormRef", {"key": "text", "binding": "text?", "version": "integer?"})
answer("Form", {"key": "text?", "camundaFormRef": "CamundaFormRef?", "contextPath": "text?"})
answer("IncidentStatistics", {"incidentType": "text", "incidentCount": "integer"})
_STATISTICS = answer(
    "ActivityStatistics",
    {"@class": "text", "id": "text", "instances": "integer", "failedJobs": "integer", "incidents": "[IncidentStatistics]"},
)  # fmt: skip
answer("ProcessDefinitionStatistics", {**_STATISTICS, "definition": "ProcessDefinition"})
request(
    "StartProcessInstance",
    {
        "businessKey": "text", "variables": "{TypedValue}", "caseInstanceId": "text", "startInstructions": "[Instruction]",
        "skipCustomListeners": "boolean", "skipIoMappings": "boolean", "withVariablesInReturn": "boolean",
    },
)  # fmt: skip
request("SubmitStartForm", {"businessKey": "text", "variables": "{TypedValue}"})
request("HistoryTimeToLive", {"historyTimeToLive": "integer"})
_SUSPENSION = request(
    "ProcessDefinitionSuspension",
    {"suspended": "boolean", "includeProcessInstances": "boolean", "executionDate": "date"},
)
request("ProcessDefinitionsSuspension", {**_SUSPENSION, "processDefinitionId": "text", "processDefinitionKey": "text"})
request(
    "RestartProcessInstances",
    {
        "processInstanceIds": "[text]", "historicProcessInstanceQuery": "HistoricProcessInstanceQuery", "instructions": "[Instruction]",
        "initialVariables": "boolean", "withoutBusinessKey": "boolean", "skipCustomListeners": "boolean", "skipIoMappings": "boolean",
    },
)  # fmt: skip
answer(
    "CalledProcessDefinition",
    {
        "id": "text", "key": "text", "category": "text?", "description": "text?", "name": "text?", "version": "integer",
        "resource": "text", "deploymentId": "text?", "diagram": "null", "suspended": "boolean", "tenantId": "text?",
        "versionTag": "text?", "historyTimeToLive": "integer?", "startableInTasklist": "boolean",
        "calledFromActivityIds": "[text]", "callingProcessDefinitionId": "text",
    },
)  # fmt: skip

_COUNTED = {"failedJobs": "boolean", "incidents": "boolean", "incidentsForType": "text", "rootIncidents": "boolean"}
_DELETION = {"cascade": "boolean", "skipCustomListeners": "boolean", "skipIoMappings": "boolean"}
ONE = "/process-definition/{id}"


def _of(path: str) -> dict[str, Operation]:
    return {
        f"GET {path}": answers("ProcessDefinition"),
        f"DELETE {path}": Operation(query=_DELETION),
        f"POST {path}/start": Operation(
            body="StartProcessInstance", answers={200: "StartedProcessInstance"}, errors=(422,)
        ),
        f"POST {path}/submit-form": Operation(
            body="SubmitStartForm", answers={200: "StartedProcessInstance"}, errors=(422,)
        ),
        f"GET {path}/xml": answers("ProcessDefinitionXml"),
        f"GET {path}/diagram": Operation(answers={200: "file", 204: NOTHING}),
        f"PUT {path}/suspended": takes("ProcessDefinitionSuspension"),
        f"PUT {path}/history-time-to-live": takes("HistoryTimeToLive"),
        f"GET {path}/statistics": answers("[ActivityStatistics]", query=_COUNTED),
        f"GET {path}/startForm": answers("Form"),
        f"GET {path}/form-variables": answers(
            "{VariableValue}", query={"variableNames": "text", "deserializeValues": "boolean"}
        ),
        f"GET {path}/rendered-form": Operation(answers={200: "form"}),
        f"GET {path}/deployed-start-form": Operation(answers={200: "file"}),
    }


LISTS = {"/process-definition": "ProcessDefinition"}
OPERATIONS = {
    "GET /process-definition/statistics": answers("[ProcessDefinitionStatistics]", query=_COUNTED),
    "PUT /process-definition/suspended": takes("ProcessDefinitionsSuspension"),
    **_of(ONE),
    **_of("/process-definition/key/{key}"),
    **_of("/process-definition/key/{key}/tenant-id/{tenantId}"),
    f"POST {ONE}/restart": takes("RestartProcessInstances"),
    f"POST {ONE}/restart-async": answers("Batch", body="RestartProcessInstances"),
    f"GET {ONE}/static-called-process-definitions": answers("[CalledProcessDefinition]"),
}
