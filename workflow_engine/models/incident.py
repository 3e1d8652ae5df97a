"""Open incidents: what has stopped and waits for an operator."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class IncidentQuerySet(RowQuerySet):
    def of_type(self, incident_type: str) -> Self:
        return self.filter(incident_type=incident_type)

    def of_cause(self, configuration: str) -> Self:
        """Of this job or external task."""
        return self.filter(configuration=configuration)

    def causes(self) -> Self:
        """Without those that only stand for an incident of a called instance."""
        return self.filter(Q(cause_incident_id__isnull=True) | Q(cause_incident_id=F("id")))


class Incident(Row):
    """Resolving removes the row; history keeps it."""

    incident_type = models.CharField(_("type"), max_length=255)
    incident_timestamp = models.DateTimeField(_("since"))
    process_instance = RowReference("Execution", _("process instance"), null=True, blank=True)
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    execution = RowReference("Execution", _("execution"), null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    failed_activity_id = models.CharField(_("failed activity"), max_length=255, null=True, blank=True)
    incident_message = models.TextField(_("message"), null=True, blank=True)
    configuration = models.CharField(
        _("configuration"), max_length=255, null=True, blank=True, help_text=_("Id of the job or external task.")
    )
    cause_incident = RowReference("self", _("cause"), null=True, blank=True)
    root_cause_incident = RowReference("self", _("root cause"), null=True, blank=True)
    job_definition = RowReference("JobDefinition", _("job definition"), null=True, blank=True)
    annotation = models.TextField(_("annotation"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_incident"
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        permissions = [
            ("resolve_incident", _("Can resolve incidents")),
            ("annotate_incident", _("Can annotate incidents")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["configuration", "incident_type", "partition"],
                condition=Q(configuration__isnull=False),
                name="wf_incident_open_once_per_cause",
            )
        ]
        indexes = [
            models.Index(fields=["execution"], condition=Q(execution__isnull=False), name="wf_incident_execution"),
            models.Index(
                fields=["process_instance"], condition=Q(process_instance__isnull=False), name="wf_incident_instance"
            ),
            models.Index(fields=["process_definition", "activity_id"], name="wf_incident_definition"),
            models.Index(
                fields=["cause_incident"], condition=Q(cause_incident__isnull=False), name="wf_incident_cause"
            ),
            models.Index(
                fields=["root_cause_incident"],
                condition=Q(root_cause_incident__isnull=False),
                name="wf_incident_root_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_type} {self.activity_id or ''}".strip()
