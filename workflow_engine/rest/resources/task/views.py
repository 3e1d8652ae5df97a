"""User tasks: lists, one, and changing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.models import UserTask
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.task.presented import comment_attachment_info, task_json
from workflow_engine.rest.resources.task.rows import DELEGATION_STATES, TaskQuery
from workflow_engine.rest.rows import find
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.rest.variables.reading import task_local_variables, variables_visible_to_task
from workflow_engine.services import task as service
from workflow_engine.services.visibility import may_name_tenant

VIEW = "view_usertask"
MAX_TEXT = 4_000


def find_task(task_id: str) -> UserTask:
    task: UserTask = find(UserTask.objects, task_id, "Task")
    return task


ADDITIONS = ("withCommentAttachmentInfo", "withTaskVariablesInReturn", "withTaskLocalVariablesInReturn")


def shown_tasks(tasks: list[UserTask], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """With what was asked for beside the tasks themselves."""
    contents = comment_attachment_info(tasks) if asked.get("withCommentAttachmentInfo") else {}
    return [{**task_json(task), **contents.get(task.pk, {}), **_variables(task, asked)} for task in tasks]


def _variables(task: UserTask, asked: Mapping[str, Any]) -> dict[str, Any]:
    """As Camunda, nothing at all where there are none."""
    held: dict[str, Any] = {}
    if asked.get("withTaskVariablesInReturn"):
        held = variables_visible_to_task(task)
    elif asked.get("withTaskLocalVariablesInReturn"):
        held = task_local_variables(task)
    return {"variables": presented_variables(held, deserialize=False)} if held else {}


class TaskList(ListView):
    permissions = reading(VIEW)
    query = TaskQuery

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        return shown_tasks(rows, query.arguments)


class TaskCount(CountView):
    permissions = reading(VIEW)
    query = TaskQuery


class TaskView(EngineView):
    permissions = {"GET": VIEW, "PUT": "assign_user_task", "DELETE": "assign_user_task"}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        address = self.address()
        asked = {name: address.boolean(name) for name in ADDITIONS}
        if asked["withTaskVariablesInReturn"] or asked["withTaskLocalVariablesInReturn"]:
            self.require("view_variables")
        [shown] = shown_tasks([find_task(task_id)], asked)
        return json_answer(shown)

    def put(self, request: Request, task_id: str) -> HttpResponse:
        """Replaces every property: what the body leaves out is emptied, as Camunda does."""
        body = self.body()
        tenant_id = body.text("tenantId")
        if tenant_id is not None and tenant_id != find_task(task_id).tenant_id:
            raise RestError(f"Cannot change tenantId of Task '{task_id}'. Tenant id to set {convert.shown(tenant_id)}")
        service.update(task_id, accepted_fields(body), user=self.user_id)
        return no_content()

    def delete(self, request: Request, task_id: str) -> HttpResponse:
        service.delete(task_id, user=self.user_id)
        return no_content()


class Create(EngineView):
    """A task that belongs to no process."""

    permissions = {"POST": "assign_user_task"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        tenant_id = body.text("tenantId") or ""
        if not may_name_tenant(request.user, tenant_id):
            raise PermissionDenied(f"Cannot create a task for tenant '{tenant_id}': it is none of yours.")
        task_id, fields = body.text("id") or None, accepted_fields(body)
        service.create(fields, task_id=task_id, tenant_id=tenant_id, user=self.user_id)
        return no_content()


def accepted_fields(body: Body) -> dict[str, Any]:
    """Of a whole task."""
    if (case := body.text("caseInstanceId")) is not None:
        raise RestError(
            f"Cannot save task: there are no cases, so it cannot belong to case instance {convert.shown(case)}."
        )
    delegation = body.text("delegationState")
    if delegation is not None and delegation.upper() not in DELEGATION_STATES:
        raise RestError(
            f"Valid values for property 'delegationState' are 'PENDING' or 'RESOLVED', but was {convert.shown(delegation)}"
        )
    return {
        "name": body.text("name", MAX_TEXT),
        "description": body.text("description", MAX_TEXT),
        "assignee": body.text("assignee"),
        "owner": body.text("owner"),
        "delegation_state": delegation and delegation.upper(),
        "due_date": body.date("due"),
        "follow_up_date": body.date("followUp"),
        "priority": body.integer("priority", 0, minimum=-convert.INT_MAX),
        "parent_task_id": body.text("parentTaskId") or None,
    }
