"""Comments: what people write to a user task. They outlive the task and go with its history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids
from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class CommentQuerySet(RowQuerySet):
    def of_task(self, task_id: object) -> CommentQuerySet:
        known = ids.canonical(task_id)
        return self.none() if known is None else self.in_partition(known).filter(task_id=known).newest_first()

    def newest_first(self) -> CommentQuerySet:
        return self.order_by("-time", "-id")


class Comment(Row):
    """Every comment belongs to a task; `is_of_process_instance` shows it with the instance too."""

    process_instance = RowReference("HistoricProcessInstance", _("process instance"), null=True, blank=True)
    root_process_instance_id = models.UUIDField(_("root process instance"), null=True, blank=True)
    task_id = models.UUIDField(_("user task"))
    is_of_process_instance = models.BooleanField(_("shown with the process instance"), default=False)
    user_id = models.CharField(_("user"), max_length=255, null=True, blank=True)
    time = models.DateTimeField(_("time"))
    message = models.TextField(_("message"), blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_comment"
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        permissions = [("write_comment", _("Can write, change and delete comments"))]
        indexes = [
            models.Index(fields=["task_id"], name="wf_comment_task"),
            models.Index(fields=["process_instance"], name="wf_comment_instance"),
        ]
