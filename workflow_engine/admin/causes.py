"""What stands behind an incident: the job or external task that failed, perhaps in an instance that was called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.engine.errors import NotAllowed
from workflow_engine.models import ExternalTask, HistoricExternalTaskLog, HistoricJobLog, Incident, Job

JOB, EXTERNAL_TASK = "failedJob", "failedExternalTask"
TYPE_NAMES = {JOB: gettext_lazy("job failed"), EXTERNAL_TASK: gettext_lazy("external task failed")}


@dataclass(frozen=True, kw_only=True)
class Cause:
    """`incident` is where it began; `row` the job or external task, or None for a site's own kind of incident."""

    incident: Incident
    row: Any

    @property
    def is_job(self) -> bool:
        return isinstance(self.row, Job)

    @property
    def can_be_retried(self) -> bool:
        return self.row is not None

    @property
    def message(self) -> str:
        own = getattr(self.row, "exception_message", None) or getattr(self.row, "error_message", None)
        return str(self.incident.incident_message or own or "")

    @property
    def details(self) -> str:
        found = getattr(self.row, "exception_stacktrace", None) or getattr(self.row, "error_details", None)
        return str(found or "")


def type_name(incident_type: str) -> str:
    """In words; a site's own types are shown as they are."""
    return str(TYPE_NAMES.get(incident_type, incident_type))


def cause_of(incident: Incident) -> Cause:
    """Two queries at most. An incident of a called instance shows up in its callers; its cause stays where it is."""
    first = incident
    if incident.root_cause_incident_id not in (None, incident.pk):
        first = Incident.objects.by_id(incident.root_cause_incident_id).first() or incident
    model: Any = {JOB: Job, EXTERNAL_TASK: ExternalTask}.get(first.incident_type)
    row = None if model is None else model.objects.by_id(first.configuration).first()
    return Cause(incident=first, row=row)


def retryable_cause(incident: Incident) -> Cause:
    """Refuses with a sentence where there is nothing to retry."""
    cause = cause_of(incident)
    if cause.row is None:
        told = _("Incident '%(id)s' has no job or external task that could be retried: its type is '%(type)s'.")
        raise NotAllowed(told % {"id": incident.pk, "type": cause.incident.incident_type})
    return cause


def log_of(cause: Cause) -> QuerySet[Any]:
    """The attempts, newest first."""
    if cause.is_job:
        jobs = HistoricJobLog.objects.filter(job_id=cause.row.pk, partition=cause.row.partition)
        return jobs.order_by("-sequence")
    instance_id = cause.incident.process_instance_id
    tasks = HistoricExternalTaskLog.objects.for_instance(instance_id).filter(
        external_task_id=cause.incident.configuration
    )
    return tasks.order_by("-sequence")
