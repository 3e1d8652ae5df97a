"""Jobs: what the sweeper does. Timers and asynchronous continuations, and the definitions behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids
from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class JobQuerySet(RowQuerySet):
    def due(self, now: datetime) -> Self:
        """Jobs that may run now: due, retries left, not suspended, and held by no sweeper."""
        free = Q(lock_owner__isnull=True) | Q(lock_expiration_time__lte=now)
        return self.executable().filter(free, Q(due_date__isnull=True) | Q(due_date__lte=now))

    def executable(self) -> Self:
        return self.filter(retries__gt=0, is_suspended=False)

    def timers(self) -> Self:
        return self.filter(handler_type__startswith="timer")

    def no_retries_left(self) -> Self:
        return self.filter(retries=0)

    def of_definition(self, process_definition_id: str) -> Self:
        return self.filter(process_definition_id=process_definition_id)


class Job(Row):
    """See `workflow_engine.engine.state.Job`. Without process instance it belongs to a batch, or is a timer start event."""

    handler_type = models.CharField(_("handler type"), max_length=64)
    handler_configuration = models.TextField(_("handler configuration"), blank=True, default="")
    create_time = models.DateTimeField(_("created"))
    job_definition = RowReference("JobDefinition", _("job definition"), null=True, blank=True)
    process_instance = RowReference("Execution", _("process instance"), null=True, blank=True)
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    execution = RowReference("Execution", _("execution"), null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"), null=True, blank=True)
    process_definition_key = models.CharField(_("process definition key"), max_length=255, null=True, blank=True)
    deployment = RowReference("Deployment", _("deployment"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    due_date = models.DateTimeField(_("due"), null=True, blank=True)
    repeat = models.CharField(_("repeat"), max_length=255, null=True, blank=True)
    repeat_offset = models.BigIntegerField(_("repeat offset in milliseconds"), default=0)
    retries = models.IntegerField(_("retries"), default=3)
    is_exclusive = models.BooleanField(_("exclusive"), default=True)
    priority = models.BigIntegerField(_("priority"), default=0)
    exception_message = models.TextField(_("exception message"), null=True, blank=True)
    exception_stacktrace = models.TextField(_("exception stack trace"), null=True, blank=True)
    failed_activity_id = models.CharField(_("failed activity"), max_length=255, null=True, blank=True)
    lock_owner = models.CharField(_("lock owner"), max_length=255, null=True, blank=True)
    lock_expiration_time = models.DateTimeField(_("locked until"), null=True, blank=True)
    sequence_counter = models.BigIntegerField(_("sequence counter"), default=1)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    batch = RowReference("Batch", _("batch"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_job"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions = [
            ("execute_job", _("Can execute jobs")),
            ("change_due_date", _("Can move and suspend jobs and change their priority")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lock_owner__isnull=True, lock_expiration_time__isnull=True)
                | Q(lock_owner__isnull=False, lock_expiration_time__isnull=False),
                name="wf_job_lock_has_owner_and_expiry",
            ),
            models.CheckConstraint(condition=Q(retries__gte=0), name="wf_job_retries"),
        ]
        indexes = [
            # A job that somebody holds leaves the first index; a sweeper that died is found by the second.
            models.Index(
                fields=["due_date", "id"],
                condition=Q(retries__gt=0, is_suspended=False, lock_owner__isnull=True),
                name="wf_job_due",
            ),
            models.Index(fields=["lock_expiration_time"], condition=Q(lock_owner__isnull=False), name="wf_job_held"),
            # So that no definition has to wait behind all jobs of another: continuations and timers, each definition's in order.
            models.Index(
                fields=["process_definition_key", "id"],
                condition=Q(retries__gt=0, is_suspended=False, lock_owner__isnull=True, due_date__isnull=True),
                name="wf_job_free_of_definition",
            ),
            models.Index(
                fields=["process_definition_key", "due_date", "id"],
                condition=Q(retries__gt=0, is_suspended=False, lock_owner__isnull=True, due_date__isnull=False),
                name="wf_job_due_of_definition",
            ),
            models.Index(fields=["execution"], condition=Q(execution__isnull=False), name="wf_job_execution"),
            models.Index(
                fields=["process_instance"], condition=Q(process_instance__isnull=False), name="wf_job_instance"
            ),
            models.Index(
                fields=["root_process_instance"], condition=Q(lock_owner__isnull=False), name="wf_job_running_of_root"
            ),
            models.Index(fields=["process_definition", "activity_id"], name="wf_job_definition"),
            models.Index(fields=["job_definition"], name="wf_job_job_definition"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="wf_job_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.handler_type} {self.activity_id or self.pk}"


class JobDefinition(models.Model):
    """What a process definition or a batch may make jobs for. A small reference table without partition."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    process_definition = models.ForeignKey(
        "ProcessDefinition",
        on_delete=models.CASCADE,
        related_name="job_definitions",
        verbose_name=_("process definition"),
        null=True,
        blank=True,
        help_text=_("Empty for the jobs of a batch."),
    )
    process_definition_key = models.CharField(_("process definition key"), max_length=255, blank=True, default="")
    deployment_id = models.UUIDField(_("deployment"), null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, blank=True, default="")
    job_type = models.CharField(_("type"), max_length=64)
    job_configuration = models.TextField(_("configuration"), blank=True, default="")
    override_job_priority = models.BigIntegerField(_("overriding priority"), null=True, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")

    class Meta:
        db_table = "workflow_engine_job_definition"
        verbose_name = _("job definition")
        verbose_name_plural = _("job definitions")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.job_type} {self.activity_id}".rstrip()
