"""What was counted, and which people worked on tasks. Append-only: processes add what they have counted from time to time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids


class MeterLog(models.Model):
    """How often something happened in one process since it last told. Belongs to no instance, so it has no partition."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    name = models.CharField(_("metric"), max_length=64)
    reporter = models.CharField(_("reporter"), max_length=255, help_text=_("The host that counted."))
    value = models.BigIntegerField(_("count"))
    timestamp = models.DateTimeField(_("time"))
    milliseconds = models.BigIntegerField(
        _("time since 1970"), help_text=_("The same time, for intervals of any length.")
    )

    objects = models.Manager["MeterLog"]()

    class Meta:
        db_table = "workflow_engine_meter_log"
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        default_permissions = ("view",)
        permissions = [("delete_task_metrics", _("Can delete metrics of people who worked on tasks"))]
        indexes = [
            models.Index(fields=["name", "timestamp"], name="wf_meter_log_name"),
            models.Index(fields=["timestamp"], name="wf_meter_log_time"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class TaskMeterLog(models.Model):
    """Somebody was assigned to a task. Only a hash is kept: enough to tell people apart, too little to name them."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    assignee_hash = models.BigIntegerField(_("hash of the assignee"))
    timestamp = models.DateTimeField(_("time"))

    objects = models.Manager["TaskMeterLog"]()

    class Meta:
        db_table = "workflow_engine_task_meter_log"
        verbose_name = _("task metric")
        verbose_name_plural = _("task metrics")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["timestamp"], name="wf_task_meter_log_time")]

    def __str__(self) -> str:
        return str(self.assignee_hash)
