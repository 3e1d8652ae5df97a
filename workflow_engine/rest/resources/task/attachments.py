"""Attachments of a task: files and addresses, as multipart/form-data; also of a task that has ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Attachment
from workflow_engine.rest import multipart
from workflow_engine.rest.addresses import link
from workflow_engine.rest.answers import file_answer, json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import NotFound, TooLarge
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.common import removal_time_with
from workflow_engine.rest.resources.task.comments import check_task, historic_task
from workflow_engine.rest.rows import as_text
from workflow_engine.services import attachment as service
from workflow_engine.services.task_contents import is_history_kept

VIEW, WRITE = "view_attachment", "attach_file"
MAX_TEXT = 4_000
FIELDS = ("attachment-name", "attachment-description", "attachment-type", "url", "content")


def attachment_json(attachment: Attachment) -> dict[str, Any]:
    return {
        "links": [],
        "id": str(attachment.pk),
        "name": attachment.name,
        "description": attachment.description,
        "taskId": as_text(attachment.task_id),
        "type": attachment.type,
        "url": attachment.url,
        "createTime": format_date(attachment.create_time),
        "removalTime": removal_time_with(attachment.process_instance),
        "rootProcessInstanceId": as_text(attachment.root_process_instance_id),
    }


class Attachments(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        if not is_history_kept():
            return json_answer([])
        rows = Attachment.objects.of_task(historic_task(task_id).pk).without_content()
        return json_answer([attachment_json(row) for row in rows.select_related("process_instance")])


class Create(EngineView):
    permissions = {"POST": WRITE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        fields, content = read_form(request._request)
        check_task(task_id)
        created = service.create(
            task_id,
            name=fields.text("attachment-name"),
            description=fields.text("attachment-description", MAX_TEXT),
            type=fields.text("attachment-type"),
            url=fields.text("url", MAX_TEXT),
            content=content,
            user=self.user_id,
        )
        self_link = link(request._request, f"task/{task_id}/attachment/{created.pk}")
        return json_answer({**attachment_json(created), "links": [self_link]})


class AttachmentView(EngineView):
    permissions = {"GET": VIEW, "DELETE": WRITE}

    def get(self, request: Request, task_id: str, attachment_id: str) -> HttpResponse:
        rows = Attachment.objects.of_task(task_id).without_content().select_related("process_instance")
        attachment = rows.by_id(attachment_id).first()
        if attachment is None:
            raise NotFound(
                f"Task attachment with id {attachment_id[:300]} does not exist for task id '{task_id[:300]}'."
            )
        return json_answer(attachment_json(attachment))

    def delete(self, request: Request, task_id: str, attachment_id: str) -> HttpResponse:
        service.delete(task_id, attachment_id, user=self.user_id)
        return no_content()


class Data(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str, attachment_id: str) -> HttpResponse:
        attachment = Attachment.objects.of_task(task_id).by_id(attachment_id).first()
        if attachment is None or attachment.content is None:
            raise NotFound(
                f"Attachment content for attachment with id '{attachment_id[:300]}' does not exist for task id '{task_id[:300]}'."
            )
        return file_answer(bytes(attachment.content), name=attachment.name or "attachment")


def read_form(request: HttpRequest) -> tuple[Body, bytes | None]:
    """The text fields, and the content if there is any. Bounded before it is read."""
    limit = limits().max_attachment_bytes
    multipart.check(request, limit + multipart.OVERHEAD)
    fields = multipart.fields(request, FIELDS)
    file = request.FILES.get("content")
    # A part without a file name is a field to Django and content to Camunda.
    content = file.read() if file is not None else _field_content(fields)
    if content is not None and len(content) > limit:
        raise TooLarge(f"The content has {len(content)} bytes, at most {limit} are allowed.")
    return fields, content


def _field_content(fields: Body) -> bytes | None:
    text = fields.values.get("content")
    return None if text is None else str(text).encode()
