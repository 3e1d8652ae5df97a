"""Compensation records: what was done, what has been undone and what is being undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class CompensationState(models.TextChoices):
    AVAILABLE = "available", _("can be undone")  # the activity completed, its scope lives or is remembered
    COMPENSATING = "compensating", _("is being undone")  # the handler runs
    COMPENSATED = "compensated", _("undone")  # the handler completed
    DISCARDED = "discarded", _("can no longer be undone")  # the scope ended for good


class CompensationRecord(Row):
    """History of one compensable activity; the engine itself works with its event subscription."""

    process_instance = RowReference("HistoricProcessInstance", _("process instance"), null=True, blank=True)
    root_process_instance_id = models.UUIDField(_("root process instance"), null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=CompensationState)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True, help_text=_("What was done."))
    handler_activity_id = models.CharField(
        _("handler"), max_length=255, null=True, blank=True, help_text=_("What undoes it.")
    )
    scope_activity_instance_id = models.UUIDField(_("scope"), null=True, blank=True)
    execution_id = models.UUIDField(
        _("undone on execution"), null=True, blank=True, help_text=_("On which the handler runs or ran.")
    )
    create_time = models.DateTimeField(_("recorded"))
    start_time = models.DateTimeField(_("compensation started"), null=True, blank=True)
    end_time = models.DateTimeField(_("compensation ended"), null=True, blank=True)
    sequence = models.BigIntegerField(_("sequence"), default=0)

    objects = RowQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_compensation_record"
        verbose_name = _("compensation record")
        verbose_name_plural = _("compensation records")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CompensationState.values), name="wf_compensation_state"),
            models.CheckConstraint(
                condition=~Q(state="compensated") | Q(end_time__isnull=False), name="wf_compensation_end"
            ),
        ]
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_compensation_instance"),
            models.Index(fields=["state"], condition=Q(state="compensating"), name="wf_compensation_running"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} ({self.get_state_display()})"
