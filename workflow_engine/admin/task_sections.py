"""What people added to a task, on its page: to be read only. Nothing of it is ever a link into the page's own site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow_engine.admin.details import Section
from workflow_engine.admin.permissions import may
from workflow_engine.models import Attachment, Comment, UserTask

LIMIT = 100
TEMPLATES = "admin/workflow_engine/sections"


def of_task(request: HttpRequest, row: UserTask) -> list[Section]:
    comments = Comment.objects.of_task(row.pk) if may(request, "view_comment") else Comment.objects.none()
    attached = Attachment.objects.of_task(row.pk) if may(request, "view_attachment") else Attachment.objects.none()
    return [
        _section("comments", _("comments"), comments),
        _section("attachments", _("attachments"), attached.without_content()),
    ]


def _section(name: str, title: str, rows: Any) -> Section:
    """The newest comments, the first attachments."""
    return Section(name=name, title=title, template=f"{TEMPLATES}/{name}.html", rows=list(rows[:LIMIT]))
