"""What people do with a task: take it, give it back, complete it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models import UserTask
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.resources.task.views import find_task
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.rest.variables.reading import (
    task_local_variables,
    variables_of_ended_task,
    variables_of_instance,
)
from workflow_engine.services import task as service

ASSIGN, COMPLETE = "assign_user_task", "complete_user_task"


class Complete(EngineView):
    permissions = {"POST": COMPLETE}
    leaves_check_to_service = True

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        variables = accepted_variables(body, "variables", may_be_transient=True)
        if not body.boolean("withVariablesInReturn"):
            self.complete(task_id, variables)
            return no_content()
        self.require("view_variables")
        task = find_task(task_id)
        self.complete(task_id, variables)
        return json_answer(presented_variables(_left_by(task), deserialize=False))

    def complete(self, task_id: str, variables: dict[str, Any]) -> None:
        service.complete(task_id, variables=variables, user=self.user_id)


def _left_by(task: UserTask) -> dict[str, Any]:
    """What there is after the task was completed, or given back to its owner."""
    if task.process_instance_id is not None:
        return variables_of_instance(str(task.process_instance_id))
    return task_local_variables(task) or variables_of_ended_task(str(task.pk))


class UserView(EngineView):
    """The body names a user: {"userId": ...}."""

    permissions = {"POST": ASSIGN}
    action: ClassVar[Any]

    def post(self, request: Request, task_id: str) -> HttpResponse:
        type(self).action(task_id, self.body().text("userId"), user=self.user_id)
        return no_content()


class Claim(UserView):
    permissions = {"POST": COMPLETE}
    action = staticmethod(service.claim)


class Assignee(UserView):
    action = staticmethod(service.set_assignee)


class Delegate(UserView):
    action = staticmethod(service.delegate)


class Unclaim(EngineView):
    permissions = {"POST": COMPLETE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        service.unclaim(task_id, user=self.user_id)
        return no_content()


class Resolve(EngineView):
    permissions = {"POST": COMPLETE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        service.resolve(
            task_id, variables=accepted_variables(self.body(), "variables", may_be_transient=True), user=self.user_id
        )
        return no_content()


class BpmnError(EngineView):
    permissions = {"POST": COMPLETE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        if not (code := body.text("errorCode")):
            raise RestError("errorCode is null", type_name="RestException")
        self.execute(
            commands.ThrowTaskError(
                task_id=task_id,
                error_code=code,
                error_message=body.text("errorMessage", 4_000),
                variables=accepted_variables(body, "variables", may_be_transient=True),
            )
        )
        return no_content()


class BpmnEscalation(EngineView):
    permissions = {"POST": COMPLETE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        if not (code := body.text("escalationCode")):
            raise RestError("escalationCode is null", type_name="RestException")
        self.execute(
            commands.ThrowTaskEscalation(
                task_id=task_id,
                escalation_code=code,
                variables=accepted_variables(body, "variables", may_be_transient=True),
            )
        )
        return no_content()
