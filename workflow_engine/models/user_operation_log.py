"""Who did what. Append-only: no service changes or deletes a row, except the removal of old history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet


class UserOperationLog(Row):
    """One changed property of one operation; rows of one operation share `operation_id`.

    The ids are plain values: the log outlives what it names.
    """

    operation_id = models.UUIDField(_("operation"))
    timestamp = models.DateTimeField(_("time"))
    user_id = models.CharField(_("user"), max_length=255, null=True, blank=True)
    operation_type = models.CharField(_("operation type"), max_length=64)
    entity_type = models.CharField(_("entity type"), max_length=64)
    category = models.CharField(_("category"), max_length=64, null=True, blank=True)
    property = models.CharField(_("property"), max_length=255, null=True, blank=True)
    org_value = models.TextField(_("value before"), null=True, blank=True)
    new_value = models.TextField(_("value after"), null=True, blank=True)
    annotation = models.TextField(_("annotation"), null=True, blank=True)
    deployment_id = models.UUIDField(_("deployment"), null=True, blank=True)
    process_definition_id = models.CharField(_("process definition"), max_length=320, null=True, blank=True)
    process_definition_key = models.CharField(_("process definition key"), max_length=255, null=True, blank=True)
    process_instance_id = models.UUIDField(_("process instance"), null=True, blank=True)
    root_process_instance_id = models.UUIDField(_("root process instance"), null=True, blank=True)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    task_id = models.UUIDField(_("user task"), null=True, blank=True)
    external_task_id = models.UUIDField(_("external task"), null=True, blank=True)
    job_id = models.UUIDField(_("job"), null=True, blank=True)
    job_definition_id = models.UUIDField(_("job definition"), null=True, blank=True)
    batch_id = models.UUIDField(_("batch"), null=True, blank=True)

    objects = RowQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_user_operation_log"
        verbose_name = _("user operation")
        verbose_name_plural = _("user operations")
        permissions = [("annotate_user_operation", _("Can write notes on user operations"))]
        indexes = [
            models.Index(fields=["timestamp"], name="wf_operation_time"),
            models.Index(fields=["operation_id"], name="wf_operation_operation"),
            models.Index(
                fields=["process_instance_id"],
                condition=Q(process_instance_id__isnull=False),
                name="wf_operation_instance",
            ),
            models.Index(
                fields=["task_id"],
                condition=Q(process_instance_id__isnull=True, task_id__isnull=False),
                name="wf_operation_standalone_task",
            ),
            models.Index(fields=["user_id"], condition=Q(user_id__isnull=False), name="wf_operation_user"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_type} {self.entity_type}"
