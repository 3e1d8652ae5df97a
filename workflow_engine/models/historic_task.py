"""History of user tasks and of whom they were offered to."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.historic_base import HistoryQuerySet, HistoryRow, Timed


class HistoricTaskQuerySet(HistoryQuerySet):
    def removable(self, now: datetime) -> Self:
        """Standalone tasks whose time to live is over."""
        return self.filter(removal_time__lte=now)


class HistoricTaskInstance(HistoryRow, Timed):
    """`id` is that of the user task. Only a standalone task has a removal time of its own: any other goes with its instance."""

    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    task_definition_key = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    name = models.TextField(_("name"), null=True, blank=True)
    description = models.TextField(_("description"), null=True, blank=True)
    owner = models.CharField(_("owner"), max_length=255, null=True, blank=True)
    assignee = models.CharField(_("assignee"), max_length=255, null=True, blank=True)
    delete_reason = models.TextField(_("reason for the end"), null=True, blank=True)
    priority = models.IntegerField(_("priority"), default=50)
    due_date = models.DateTimeField(_("due"), null=True, blank=True)
    follow_up_date = models.DateTimeField(_("follow up"), null=True, blank=True)
    parent_task_id = models.UUIDField(_("parent task"), null=True, blank=True)
    task_state = models.CharField(_("state"), max_length=64, default="Created")
    removal_time = models.DateTimeField(_("removal time"), null=True, blank=True)

    objects = HistoricTaskQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_task"
        verbose_name = _("historic user task")
        verbose_name_plural = _("historic user tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__isnull=True, delete_reason__isnull=True)
                | Q(end_time__isnull=False, delete_reason__isnull=False),
                name="wf_historic_task_end_has_reason",
            )
        ]
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_hi_task_instance"),
            models.Index(fields=["process_definition", "task_definition_key"], name="wf_hi_task_definition"),
            models.Index(fields=["assignee"], condition=Q(assignee__isnull=False), name="wf_hi_task_assignee"),
            models.Index(fields=["removal_time"], condition=Q(removal_time__isnull=False), name="wf_hi_task_removal"),
        ]

    def __str__(self) -> str:
        return self.name or self.task_definition_key or str(self.pk)


class HistoricIdentityLink(HistoryRow):
    """A candidate that was added or removed. Append-only."""

    time = models.DateTimeField(_("time"))
    operation_type = models.CharField(_("operation"), max_length=16)
    task_id = models.UUIDField(_("user task"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=255)
    user_id = models.CharField(_("user"), max_length=255, null=True, blank=True)
    group_id = models.CharField(_("group"), max_length=255, null=True, blank=True)
    assigner_id = models.CharField(_("assigned by"), max_length=255, null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_identity_link"
        verbose_name = _("historic identity link")
        verbose_name_plural = _("historic identity links")
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_hi_identity_link_instance"),
            models.Index(fields=["task_id"], name="wf_hi_identity_link_task"),
        ]
