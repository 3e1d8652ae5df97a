"""Comments of a task: read, written, changed, deleted; also of a task that has ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Comment, HistoricTaskInstance
from workflow_engine.rest.addresses import link
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import NotFound, RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.common import removal_time_with
from workflow_engine.rest.rows import as_text
from workflow_engine.services import comment as service
from workflow_engine.services.task_contents import check_history, is_history_kept

VIEW, WRITE = "view_comment", "write_comment"
MAX_MESSAGE = 65_536


def historic_task(task_id: str) -> HistoricTaskInstance:
    task: HistoricTaskInstance | None = HistoricTaskInstance.objects.by_id(task_id).first()
    if task is None:
        raise NotFound(f"No task found for task id {task_id[:300]}")
    return task


def check_task(task_id: str) -> None:
    """For those who would add something to it: Camunda calls an unknown task their mistake."""
    check_history()
    if not HistoricTaskInstance.objects.by_id(task_id).exists():
        raise RestError(f"No task found for task id {task_id[:300]}")


def comment_json(comment: Comment) -> dict[str, Any]:
    return {
        "links": [],
        "id": str(comment.pk),
        "userId": comment.user_id,
        "time": format_date(comment.time),
        "taskId": as_text(comment.task_id),
        "message": comment.message,
        "removalTime": removal_time_with(comment.process_instance),
        "rootProcessInstanceId": as_text(comment.root_process_instance_id),
        "processInstanceId": as_text(comment.process_instance_id) if comment.is_of_process_instance else None,
    }


def accepted_change(body: Body) -> tuple[str, str]:
    """The id and the new message."""
    comment_id, message = body.text("id"), body.text("message", MAX_MESSAGE)
    if comment_id is None:
        raise RestError("commentId is null")
    if message is None:
        raise RestError("message is null")
    return comment_id, message


class Comments(EngineView):
    permissions = {"GET": VIEW, "PUT": WRITE, "DELETE": WRITE}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        if not is_history_kept():
            return json_answer([])
        task = historic_task(task_id)
        rows = Comment.objects.of_task(task.pk).select_related("process_instance")
        return json_answer([comment_json(row) for row in rows])

    def put(self, request: Request, task_id: str) -> HttpResponse:
        historic_task(task_id)
        comment_id, message = accepted_change(self.body())
        service.change(task_id, comment_id, message, user=self.user_id)
        return no_content()

    def delete(self, request: Request, task_id: str) -> HttpResponse:
        service.delete(task_id, user=self.user_id)
        return no_content()


class Create(EngineView):
    permissions = {"POST": WRITE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        check_task(task_id)
        body = self.body()
        message = body.text("message", MAX_MESSAGE)
        if message is None:
            raise RestError("Not enough parameters submitted")
        instance_id = body.text("processInstanceId")
        created = service.create(task_id, message, process_instance_id=instance_id, user=self.user_id)
        self_link = link(request._request, f"task/{task_id}/comment/{created.pk}")
        return json_answer({**comment_json(created), "links": [self_link]})


class CommentView(EngineView):
    permissions = {"GET": VIEW, "DELETE": WRITE}

    def get(self, request: Request, task_id: str, comment_id: str) -> HttpResponse:
        rows = Comment.objects.of_task(task_id) if HistoricTaskInstance.objects.by_id(task_id).exists() else None
        comment = None if rows is None else rows.select_related("process_instance").by_id(comment_id).first()
        if comment is None:
            raise NotFound(f"Task comment with id {comment_id[:300]} does not exist for task id '{task_id[:300]}'.")
        return json_answer(comment_json(comment))

    def delete(self, request: Request, task_id: str, comment_id: str) -> HttpResponse:
        service.delete(task_id, comment_id, user=self.user_id)
        return no_content()
