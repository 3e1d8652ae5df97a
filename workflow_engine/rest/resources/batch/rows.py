"""Batches as rows: what lists can ask for, and the JSON of one, running or over."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflow_engine.models import Batch, Job
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, before, equals, flag, row_id, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.rows import as_text


def _failed() -> Exists:
    return Exists(Job.objects.filter(job_definition_id=OuterRef("batch_job_definition_id"), retries=0))


class BatchQuery(ListQuery):
    parameters = {
        "batchId": row_id("id"),
        "type": equals("type"),
        "suspended": flag(Q(is_suspended=True), otherwise=Q(is_suspended=False)),
        "createdBy": equals("create_user_id"),
        "startedBefore": before("start_time", inclusive=True),
        "startedAfter": after("start_time", inclusive=True),
        "withFailures": flag(lambda: Q(_failed())),
        "withoutFailures": flag(lambda: Q(~_failed())),
        **tenants(),
    }
    sortings = {"batchId": "id", "startTime": "start_time", "tenantId": "tenant_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Batch.objects.running().defer("configuration")


class StatisticsQuery(BatchQuery):
    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Batch.objects.running().with_progress().defer("configuration")


class HistoricBatchQuery(ListQuery):
    """Of all batches: one that runs is in its own history from the beginning."""

    parameters = {
        "batchId": row_id("id"),
        "type": equals("type"),
        "completed": flag(Q(end_time__isnull=False), otherwise=Q(end_time__isnull=True)),
        **tenants(),
    }
    sortings = {"batchId": "id", "startTime": "start_time", "endTime": "end_time", "tenantId": "tenant_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Batch.objects.defer("configuration")


def _common_json(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.pk),
        "type": batch.type,
        "totalJobs": batch.total_jobs,
        "batchJobsPerSeed": batch.batch_jobs_per_seed,
        "invocationsPerBatchJob": batch.invocations_per_batch_job,
        "seedJobDefinitionId": as_text(batch.seed_job_definition_id),
        "monitorJobDefinitionId": as_text(batch.monitor_job_definition_id),
        "batchJobDefinitionId": as_text(batch.batch_job_definition_id),
        "tenantId": batch.tenant_id or None,
        "createUserId": batch.create_user_id,
        "startTime": format_date(batch.start_time),
        "executionStartTime": format_date(batch.execution_start_time),
    }


def batch_json(batch: Batch) -> dict[str, Any]:
    return {**_common_json(batch), "jobsCreated": batch.jobs_created, "suspended": batch.is_suspended}


def statistics_json(batch: Any) -> dict[str, Any]:
    """Of a row of `StatisticsQuery`."""
    return {
        **batch_json(batch),
        "remainingJobs": batch.remaining_jobs,
        "completedJobs": batch.completed_jobs,
        "failedJobs": batch.failed_jobs,
    }


def historic_batch_json(batch: Batch) -> dict[str, Any]:
    return {
        **_common_json(batch),
        "endTime": format_date(batch.end_time),
        "removalTime": format_date(batch.removal_time),
    }
