"""The comments of an instance's tasks that were written for the instance too."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Comment, HistoricProcessInstance
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.resources.task.comments import VIEW, WRITE, accepted_change, comment_json
from workflow_engine.services import comment as service
from workflow_engine.services.task_contents import is_history_kept
from workflow_engine.services.visibility import visible


def check_instance(instance_id: str) -> None:
    if not visible(HistoricProcessInstance.objects.by_id(instance_id)).exists():
        raise NotFound(f"No process instance found for id {instance_id[:300]}")


class Comments(EngineView):
    permissions = {"GET": VIEW, "PUT": WRITE, "DELETE": WRITE}

    def get(self, request: Request, instance_id: str) -> HttpResponse:
        if not is_history_kept():
            return json_answer([])
        check_instance(instance_id)
        rows = Comment.objects.for_instance(instance_id).filter(is_of_process_instance=True).newest_first()
        return json_answer([comment_json(row) for row in rows.select_related("process_instance")])

    def put(self, request: Request, instance_id: str) -> HttpResponse:
        check_instance(instance_id)
        comment_id, message = accepted_change(self.body())
        service.change_of_process_instance(instance_id, comment_id, message, user=self.user_id)
        return no_content()

    def delete(self, request: Request, instance_id: str) -> HttpResponse:
        check_instance(instance_id)
        service.delete_of_process_instance(instance_id, user=self.user_id)
        return no_content()


class CommentView(EngineView):
    permissions = {"DELETE": WRITE}

    def delete(self, request: Request, instance_id: str, comment_id: str) -> HttpResponse:
        check_instance(instance_id)
        service.delete_of_process_instance(instance_id, comment_id, user=self.user_id)
        return no_content()
