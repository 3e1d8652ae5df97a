"""History of activity instances."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.historic_base import HistoryQuerySet, HistoryRow, Timed


class HistoricActivityInstance(HistoryRow, Timed):
    """`id` is that of the activity instance."""

    parent_activity_instance_id = models.UUIDField(_("parent activity instance"), null=True, blank=True)
    execution_id = models.UUIDField(_("execution"))
    activity_id = models.CharField(_("activity"), max_length=255)
    activity_name = models.TextField(_("activity name"), null=True, blank=True)
    activity_type = models.CharField(_("activity type"), max_length=64)
    task_id = models.UUIDField(_("user task"), null=True, blank=True)
    called_process_instance_id = models.UUIDField(_("called process instance"), null=True, blank=True)
    assignee = models.CharField(_("assignee"), max_length=255, null=True, blank=True)
    canceled = models.BooleanField(_("cancelled"), default=False)
    complete_scope = models.BooleanField(_("completed its scope"), default=False)
    sequence_counter = models.BigIntegerField(_("sequence counter"), default=0)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_activity_instance"
        verbose_name = _("historic activity instance")
        verbose_name_plural = _("historic activity instances")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__isnull=False) | Q(canceled=False, complete_scope=False),
                name="wf_historic_activity_end",
            )
        ]
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_hi_activity_instance"),
            models.Index(fields=["process_definition", "activity_id"], name="wf_hi_activity_definition"),
        ]

    def __str__(self) -> str:
        return self.activity_id
