"""Batches: one operation on many things, done in the background. A batch that has ended stays as its own history."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference
from workflow_engine.models.job import Job


def _jobs() -> models.QuerySet[Job]:
    return Job.objects.filter(job_definition_id=OuterRef("batch_job_definition_id"))


def _counted(jobs: models.QuerySet[Job]) -> Coalesce:
    numbers = jobs.order_by().values("job_definition_id").annotate(number=models.Count("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=models.IntegerField()), 0)


class BatchQuerySet(RowQuerySet):
    def running(self) -> Self:
        return self.filter(end_time__isnull=True)

    def ended(self) -> Self:
        return self.filter(end_time__isnull=False)

    def with_failures(self) -> Self:
        return self.filter(Exists(_jobs().filter(retries=0)))

    def without_failures(self) -> Self:
        return self.exclude(Exists(_jobs().filter(retries=0)))

    def with_progress(self) -> Self:
        """Adds `remaining_jobs`, `completed_jobs` and `failed_jobs`, in jobs as Camunda counts them."""
        return self.annotate(
            failed_jobs=_counted(_jobs().filter(retries=0)),
            remaining_jobs=F("total_jobs") - F("jobs_created") + _counted(_jobs()),
        ).annotate(completed_jobs=F("total_jobs") - F("remaining_jobs"))

    def removable(self, now: datetime) -> Self:
        return self.ended().filter(removal_time__lte=now)


class Batch(Row):
    """`configuration` is what is to be done, the same for every item; the items themselves are in chunks and jobs."""

    type = models.CharField(_("type"), max_length=64)
    configuration = models.TextField(_("configuration"), blank=True, default="", editable=False)
    total_jobs = models.IntegerField(_("jobs in all"))
    jobs_created = models.IntegerField(_("jobs created"), default=0)
    batch_jobs_per_seed = models.IntegerField(_("jobs per seed"))
    invocations_per_batch_job = models.IntegerField(_("items per job"))
    seed_job_definition_id = models.UUIDField(_("seed job definition"))
    monitor_job_definition_id = models.UUIDField(_("monitor job definition"))
    batch_job_definition_id = models.UUIDField(_("batch job definition"))
    is_suspended = models.BooleanField(_("suspended"), default=False)
    create_user_id = models.CharField(_("created by"), max_length=255, null=True, blank=True)
    start_time = models.DateTimeField(_("created"))
    execution_start_time = models.DateTimeField(_("first job began"), null=True, blank=True)
    end_time = models.DateTimeField(_("ended"), null=True, blank=True)
    removal_time = models.DateTimeField(_("to be removed"), null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_batch"
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        permissions = [
            ("suspend_batch", _("Can suspend and activate batches")),
            ("delete_batch", _("Can delete batches")),
            ("delete_batch_history", _("Can delete the history of batches")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(jobs_created__gte=0, jobs_created__lte=F("total_jobs")), name="wf_batch_jobs_created"
            )
        ]
        indexes = [
            models.Index(fields=["type", "start_time"], name="wf_batch_type"),
            models.Index(fields=["start_time"], name="wf_batch_start"),
            models.Index(fields=["removal_time"], condition=Q(removal_time__isnull=False), name="wf_batch_removal"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    @property
    def job_definition_ids(self) -> tuple[UUID, UUID, UUID]:
        return self.seed_job_definition_id, self.monitor_job_definition_id, self.batch_job_definition_id


class BatchChunk(Row):
    """Items of a batch that have no job yet: as many as one seed job makes jobs of."""

    batch = RowReference(Batch, _("batch"))
    items = models.JSONField(_("items"))

    objects = RowQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_batch_chunk"
        verbose_name = _("batch chunk")
        verbose_name_plural = _("batch chunks")
        default_permissions = ()  # type: ignore[assignment]  # not even to look at
        indexes = [models.Index(fields=["batch", "id"], name="wf_batch_chunk_batch")]
