"""Attachments: files and addresses that people put to a user task. They outlive it and go with its history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids
from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class AttachmentQuerySet(RowQuerySet):
    def of_task(self, task_id: object) -> AttachmentQuerySet:
        known = ids.canonical(task_id)
        return (
            self.none()
            if known is None
            else self.in_partition(known).filter(task_id=known).order_by("create_time", "id")
        )

    def without_content(self) -> AttachmentQuerySet:
        return self.defer("content")


class Attachment(Row):
    """Either a file of its own (`content`) or the address of one (`url`)."""

    process_instance = RowReference("HistoricProcessInstance", _("process instance"), null=True, blank=True)
    root_process_instance_id = models.UUIDField(_("root process instance"), null=True, blank=True)
    task_id = models.UUIDField(_("user task"))
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    description = models.TextField(_("description"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=255, null=True, blank=True)
    user_id = models.CharField(_("user"), max_length=255, null=True, blank=True)
    create_time = models.DateTimeField(_("created"))
    url = models.TextField(_("address"), null=True, blank=True)
    content = models.BinaryField(_("content"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_attachment"
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        permissions = [("attach_file", _("Can add and delete attachments"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__isnull=True, content__isnull=False) | Q(url__isnull=False, content__isnull=True),
                name="wf_attachment_has_content_or_url",
            )
        ]
        indexes = [
            models.Index(fields=["task_id"], name="wf_attachment_task"),
            models.Index(fields=["process_instance"], name="wf_attachment_instance"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)
