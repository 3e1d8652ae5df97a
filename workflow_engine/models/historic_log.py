"""Logs of external tasks and jobs: what was created, failed, done. Append-only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.historic_base import HistoryQuerySet, HistoryRow


class LogState(models.TextChoices):
    CREATED = "created", _("created")
    FAILED = "failed", _("failed")
    SUCCESSFUL = "successful", _("successful")
    DELETED = "deleted", _("deleted")


class HistoricExternalTaskLog(HistoryRow):
    """The external task as it was at that moment."""

    timestamp = models.DateTimeField(_("time"))
    state = models.CharField(_("state"), max_length=16, choices=LogState)
    external_task_id = models.UUIDField(_("external task"))
    topic_name = models.CharField(_("topic"), max_length=255)
    worker_id = models.CharField(_("worker"), max_length=255, null=True, blank=True)
    priority = models.BigIntegerField(_("priority"), default=0)
    retries = models.IntegerField(_("retries"), null=True, blank=True)
    error_message = models.TextField(_("error message"), null=True, blank=True)
    error_details = models.TextField(_("error details"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_external_task_log"
        verbose_name = _("external task log entry")
        verbose_name_plural = _("external task log")
        indexes = [models.Index(fields=["process_instance", "sequence"], name="wf_hi_external_task_instance")]

    def __str__(self) -> str:
        return f"{self.topic_name} {self.state}"


class HistoricJobLog(HistoryRow):
    """The job as it was at that moment."""

    timestamp = models.DateTimeField(_("time"))
    state = models.CharField(_("state"), max_length=16, choices=LogState)
    job_id = models.UUIDField(_("job"))
    job_due_date = models.DateTimeField(_("due"), null=True, blank=True)
    job_retries = models.IntegerField(_("retries"), default=0)
    job_priority = models.BigIntegerField(_("priority"), default=0)
    job_exception_message = models.TextField(_("exception message"), null=True, blank=True)
    job_exception_stacktrace = models.TextField(_("exception stack trace"), null=True, blank=True)
    job_definition_id = models.UUIDField(_("job definition"), null=True, blank=True)
    job_definition_type = models.CharField(_("type"), max_length=64)
    job_definition_configuration = models.TextField(_("configuration"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    failed_activity_id = models.CharField(_("failed activity"), max_length=255, null=True, blank=True)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    deployment_id = models.UUIDField(_("deployment"), null=True, blank=True)
    hostname = models.CharField(_("host name"), max_length=255, null=True, blank=True)
    batch_id = models.UUIDField(_("batch"), null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_job_log"
        verbose_name = _("job log entry")
        verbose_name_plural = _("job log")
        indexes = [
            models.Index(fields=["process_instance", "sequence"], name="wf_hi_job_instance"),
            models.Index(fields=["job_id"], name="wf_hi_job_job"),
            models.Index(fields=["process_definition"], name="wf_hi_job_definition"),
            models.Index(fields=["batch_id"], condition=models.Q(batch_id__isnull=False), name="wf_hi_job_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.job_definition_type} {self.state}"
