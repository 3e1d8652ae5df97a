"""History of process instances."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row
from workflow_engine.models.fields import RowReference
from workflow_engine.models.historic_base import HistoryQuerySet, Timed


class InstanceState(models.TextChoices):
    ACTIVE = "ACTIVE", _("active")
    SUSPENDED = "SUSPENDED", _("suspended")
    COMPLETED = "COMPLETED", _("completed")
    EXTERNALLY_TERMINATED = "EXTERNALLY_TERMINATED", _("cancelled from outside")
    INTERNALLY_TERMINATED = "INTERNALLY_TERMINATED", _("terminated by the model")


RUNNING_STATES = [InstanceState.ACTIVE.value, InstanceState.SUSPENDED.value]
FINAL_STATES = [
    InstanceState.COMPLETED.value,
    InstanceState.EXTERNALLY_TERMINATED.value,
    InstanceState.INTERNALLY_TERMINATED.value,
]


class HistoricProcessInstanceQuerySet(HistoryQuerySet):
    def roots(self) -> Self:
        return self.filter(id=F("root_process_instance_id"))

    def removable(self, now: datetime) -> Self:
        """Ended instance trees whose time to live is over. Whoever sets a removal time by hand may do so while they run."""
        return self.filter(removal_time__lte=now, end_time__isnull=False)


class HistoricProcessInstance(Row, Timed):
    """`id` is that of the process instance."""

    business_key = models.CharField(_("business key"), max_length=255, null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"))
    process_definition_key = models.CharField(_("process definition key"), max_length=255)
    root_process_instance = RowReference("self", _("root process instance"))
    super_process_instance = RowReference("self", _("calling process instance"), null=True, blank=True)
    removal_time = models.DateTimeField(_("to be removed"), null=True, blank=True)
    start_user_id = models.CharField(_("started by"), max_length=255, null=True, blank=True)
    start_activity_id = models.CharField(_("start event"), max_length=255, null=True, blank=True)
    end_activity_id = models.CharField(_("end event"), max_length=255, null=True, blank=True)
    delete_reason = models.TextField(_("reason for the end"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=24, choices=InstanceState, default=InstanceState.ACTIVE)
    restarted_process_instance_id = models.UUIDField(_("restarted from"), null=True, blank=True)
    sequence = models.BigIntegerField(_("sequence"), default=0)

    objects = HistoricProcessInstanceQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_historic_process_instance"
        verbose_name = _("historic process instance")
        verbose_name_plural = _("historic process instances")
        permissions = [("delete_history", _("Can delete history"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__isnull=True, state__in=RUNNING_STATES)
                | Q(end_time__isnull=False, state__in=FINAL_STATES),
                name="wf_historic_instance_ended_is_final",
            )
        ]
        indexes = [
            models.Index(fields=["process_definition", "start_time"], name="wf_hi_instance_definition"),
            models.Index(fields=["start_time"], name="wf_hi_instance_start"),
            models.Index(
                fields=["business_key"], condition=Q(business_key__isnull=False), name="wf_hi_instance_business_key"
            ),
            models.Index(
                fields=["super_process_instance"],
                condition=Q(super_process_instance__isnull=False),
                name="wf_hi_instance_super",
            ),
            models.Index(
                fields=["root_process_instance"],
                condition=Q(super_process_instance__isnull=False),
                name="wf_hi_instance_root",
            ),
            models.Index(
                fields=["removal_time"], condition=Q(removal_time__isnull=False), name="wf_hi_instance_removal"
            ),
        ]

    def __str__(self) -> str:
        return self.business_key or str(self.pk)
