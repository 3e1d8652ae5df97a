"""PUT /job/suspended and /job-definition/suspended: all jobs, or job definitions, of what the body names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.services import management as service

MAX_DEFINITION_ID = 320
_OF_JOBS = {
    "jobDefinitionId": "job_definition_id",
    "processInstanceId": "process_instance_id",
    "processDefinitionId": "process_definition_id",
    "processDefinitionKey": "process_definition_key",
}
_OF_DEFINITIONS = {name: _OF_JOBS[name] for name in ("processDefinitionId", "processDefinitionKey")}


class Jobs(EngineView):
    permissions = {"PUT": "change_due_date"}
    knows_definitions = True

    def put(self, request: Request) -> HttpResponse:
        body = self.body()
        refuse_single(body, ["jobId"], _OF_JOBS)
        service.set_jobs_suspended(body.boolean("suspended"), **chosen(body, _OF_JOBS), user=self.user_id)
        return no_content()


class JobDefinitions(EngineView):
    permissions = {"PUT": "suspend_definition"}
    knows_definitions = True

    def put(self, request: Request) -> HttpResponse:
        body = self.body()
        refuse_single(body, ["jobDefinitionId"], _OF_DEFINITIONS)
        service.set_job_definitions_suspended(
            body.boolean("suspended"),
            **chosen(body, _OF_DEFINITIONS),
            include_jobs=body.boolean("includeJobs"),
            execution_date=body.date("executionDate"),
            user=self.user_id,
        )
        return no_content()


def refuse_single(body: Body, names: Sequence[str], allowed: dict[str, str]) -> None:
    """What has an address of its own."""
    if any(body.values.get(name) for name in names):
        raise RestError(f"Either {', '.join(allowed)} can be set to update the suspension state.")


def chosen(body: Body, allowed: dict[str, str]) -> dict[str, Any]:
    given = {ours: body.text(name, MAX_DEFINITION_ID) for name, ours in allowed.items() if body.values.get(name)}
    if not given:
        raise RestError(f"Either {', '.join(allowed)} should be set to update the suspension state.")
    if len(given) > 1:
        raise RestError(f"Only one of {', '.join(allowed)} should be set to update the suspension state.")
    tenant_id = body.text("processDefinitionTenantId")
    if body.boolean("processDefinitionWithoutTenantId"):
        tenant_id = ""
    if tenant_id is not None:
        if "process_definition_key" not in given:
            raise RestError("A tenant can be given with a processDefinitionKey only.")
        given["tenant_id"] = tenant_id
    return given
