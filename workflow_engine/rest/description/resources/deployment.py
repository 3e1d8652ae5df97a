"""/deployment."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, download
from workflow_engine.rest.description.shapes import answer, request

_DEPLOYMENT = answer(
    "Deployment",
    {
        "links": "[Link]",
        "id": "text",
        "name": "text?",
        "source": "text?",
        "deploymentTime": "date",
        "tenantId": "text?",
    },
)
answer(
    "DeploymentWithDefinitions",
    {
        **_DEPLOYMENT, "deployedProcessDefinitions": "{ProcessDefinition}?", "deployedCaseDefinitions": "null",
        "deployedDecisionDefinitions": "null", "deployedDecisionRequirementsDefinitions": "null",
    },
)  # fmt: skip
answer("DeploymentResource", {"id": "text", "name": "text", "deploymentId": "text"})
request("Redeployment", {"resourceIds": "[text]", "resourceNames": "[text]", "source": "text"})

LISTS = {"/deployment": "Deployment"}
OPERATIONS = {
    "POST /deployment/create": Operation(
        form={
            "deployment-name": "text", "deployment-source": "text", "deploy-changed-only": "boolean",
            "enable-duplicate-filtering": "boolean", "tenant-id": "text", "deployment-activation-time": "date", "data": "bytes",
        },
        answers={200: "DeploymentWithDefinitions"},
        errors=(422,),
    ),
    "GET /deployment/registered": answers("[text]"),
    "GET /deployment/{id}": answers("Deployment"),
    "DELETE /deployment/{id}": Operation(
        query={"cascade": "boolean", "skipCustomListeners": "boolean", "skipIoMappings": "boolean"}
    ),
    "POST /deployment/{id}/redeploy": answers("DeploymentWithDefinitions", body="Redeployment"),
    "GET /deployment/{id}/resources": answers("[DeploymentResource]"),
    "GET /deployment/{id}/resources/{resourceId}": answers("DeploymentResource"),
    "GET /deployment/{id}/resources/{resourceId}/data": download(),
}  # fmt: skip
