"""What belongs to a task: its variables, the people it is offered to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models import IdentityLink
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.resources.task.views import VIEW, find_task
from workflow_engine.rest.rows import as_text
from workflow_engine.rest.variables.reading import task_local_variables, variables_visible_to_task
from workflow_engine.rest.variables.views import ScopeView

ASSIGN = "assign_user_task"


class TaskScope(ScopeView):
    """From the task outwards."""

    what = "task"

    def read(self, names: Collection[str] | None = None) -> dict[str, Any]:
        return variables_visible_to_task(find_task(self.kwargs["task_id"]), names)

    def target(self) -> dict[str, Any]:
        task = find_task(self.kwargs["task_id"])
        return {"execution_id": as_text(task.execution_id), "task_id": str(task.pk)}


class TaskLocalScope(TaskScope):
    is_local = True

    def read(self, names: Collection[str] | None = None) -> dict[str, Any]:
        return task_local_variables(find_task(self.kwargs["task_id"]), names)


class IdentityLinks(EngineView):
    permissions = {"GET": VIEW, "POST": ASSIGN}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        task, wanted = find_task(task_id), self.address().text("type")
        rows = IdentityLink.objects.in_partition(task_id).filter(task_id=task.pk).order_by("pk")
        links = [_link_json(row.type, row.user_id, row.group_id) for row in rows]
        for kind, user_id in (("assignee", task.assignee), ("owner", task.owner)):
            if user_id and not any(link["type"] == kind for link in links):
                links.append(_link_json(kind, user_id, None))
        return json_answer([link for link in links if wanted in (None, link["type"])])

    def post(self, request: Request, task_id: str) -> HttpResponse:
        self.change(task_id, "add")
        return no_content()

    def change(self, task_id: str, operation: str) -> None:
        body = self.body()
        user_id, group_id = body.text("userId"), body.text("groupId")
        if not user_id and not group_id:
            raise RestError("Identity Link requires userId or groupId.")
        if user_id and group_id:
            raise RestError("Identity Link requires userId or groupId, but not both.")
        kind = body.required_text("type")
        if group_id and kind in ("assignee", "owner"):
            raise RestError(f"Incompatible usage: cannot use {kind.upper()} together with a groupId")
        self.execute(
            commands.ChangeIdentityLink(
                task_id=task_id, operation=operation, type=kind, user_id=user_id, group_id=group_id
            )
        )


class DeleteIdentityLink(IdentityLinks):
    http_method_names = ["post", "options"]

    def post(self, request: Request, task_id: str) -> HttpResponse:
        self.change(task_id, "delete")
        return no_content()


def _link_json(kind: str, user_id: str | None, group_id: str | None) -> dict[str, Any]:
    return {"userId": user_id, "groupId": group_id, "type": kind}
