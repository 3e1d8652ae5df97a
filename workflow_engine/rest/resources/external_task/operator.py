"""What operators do to external tasks: unlock, retries, priority."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.rest import convert
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.services import external_task as service


class Unlock(EngineView):
    permissions = {"POST": "unlock_external_task"}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        service.unlock(task_id, user=request.user)
        return no_content()


class Retries(EngineView):
    permissions = {"PUT": "set_retries"}

    def put(self, request: Request, task_id: str) -> HttpResponse:
        self.execute(commands.SetExternalTaskRetries(task_id=task_id, retries=accepted_retries(self.body())))
        return no_content()


class Priority(EngineView):
    permissions = {"PUT": "unlock_external_task"}

    def put(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        priority = body.integer("priority", maximum=convert.LONG_MAX)
        if priority is None:
            raise body.refusal("priority", "is missing")
        service.set_priority(task_id, priority, user=request.user)
        return no_content()


def accepted_retries(body: Body) -> int:
    retries = body.integer("retries", minimum=0)
    if retries is None:
        raise RestError("The number of retries cannot be null.")
    return int(retries)
