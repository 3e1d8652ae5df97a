"""History of incidents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.historic_base import HistoryQuerySet, HistoryRow


class IncidentState(models.TextChoices):
    OPEN = "open", _("open")
    RESOLVED = "resolved", _("resolved")  # its cause was mended
    DELETED = "deleted", _("deleted")  # its instance or its cause went away


class HistoricIncident(HistoryRow):
    """`id` is that of the incident."""

    create_time = models.DateTimeField(_("opened"))
    end_time = models.DateTimeField(_("ended"), null=True, blank=True)
    incident_type = models.CharField(_("type"), max_length=255)
    incident_message = models.TextField(_("message"), null=True, blank=True)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    failed_activity_id = models.CharField(_("failed activity"), max_length=255, null=True, blank=True)
    cause_incident_id = models.UUIDField(_("cause"), null=True, blank=True)
    root_cause_incident_id = models.UUIDField(_("root cause"), null=True, blank=True)
    configuration = models.CharField(_("configuration"), max_length=255, null=True, blank=True)
    history_configuration = models.CharField(_("history configuration"), max_length=255, null=True, blank=True)
    job_definition_id = models.UUIDField(_("job definition"), null=True, blank=True)
    annotation = models.TextField(_("annotation"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=IncidentState, default=IncidentState.OPEN)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_incident"
        verbose_name = _("historic incident")
        verbose_name_plural = _("historic incidents")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__isnull=True, state="open")
                | Q(end_time__isnull=False, state__in=["resolved", "deleted"]),
                name="wf_historic_incident_ended_is_final",
            )
        ]
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_hi_incident_instance"),
            models.Index(fields=["process_definition", "activity_id"], name="wf_hi_incident_definition"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_type} {self.activity_id or ''}".strip()
