"""Jobs as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from workflow_engine import clock
from workflow_engine.models import Job
from workflow_engine.rest import convert
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.parameters import Parameter, compare, equals, flag, row_id, row_ids
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.tenants import tenants_or_none
from workflow_engine.rest.rows import as_text
from workflow_engine.services.suspension_jobs import TIMERS

_COMPARISONS = {"gt": "gt", "lt": "lt", "eq": "exact"}


def moments(raw: Any) -> list[tuple[str, datetime]]:
    """`gt_2026-01-01T00:00:00.000+0000,lt_...`, or a list of objects with operator and value."""
    if isinstance(raw, str):
        pairs = [part.partition("_")[::2] for part in raw.split(",") if part]
        if any("_" not in part for part in raw.split(",") if part):
            raise ValueError("must have the format OPERATOR_VALUE")
    elif isinstance(raw, list) and all(isinstance(item, dict) for item in raw):
        pairs = [(item.get("operator"), item.get("value")) for item in raw]
    else:
        raise ValueError("is not a list of conditions")
    for operator, _ in pairs:
        if not isinstance(operator, str) or operator not in _COMPARISONS:
            raise ValueError(f"has an invalid comparator {convert.shown(operator)}: it must be gt or lt")
    return [(str(operator), convert.date(value)) for operator, value in pairs]


def _when(field: str) -> Parameter:
    def condition(moments: list[tuple[str, datetime]], _: Mapping[str, Any]) -> Q:
        total = Q()
        for operator, moment in moments:
            total &= Q(**{f"{field}__{_COMPARISONS[operator]}": moment})
        return total

    return Parameter(moments, condition)


def _executable() -> Q:
    return Q(retries__gt=0, is_suspended=False) & (Q(due_date__isnull=True) | Q(due_date__lte=clock.now()))


def _acquired() -> Q:
    return Q(lock_owner__isnull=False, lock_expiration_time__gt=clock.now())


class JobQuery(ListQuery):
    parameters = {
        "jobId": row_id("id"),
        "jobIds": row_ids("id"),
        "jobDefinitionId": row_id("job_definition_id"),
        "processInstanceId": row_id("process_instance_id"),
        "processInstanceIds": row_ids("process_instance_id"),
        "executionId": row_id("execution_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition_key"),
        "activityId": equals("activity_id"),
        "withRetriesLeft": flag(Q(retries__gt=0)),
        "executable": flag(_executable),
        "timers": flag(TIMERS),
        "messages": flag(~TIMERS),
        "dueDates": _when("due_date"),
        "createTimes": _when("create_time"),
        "withException": flag(Q(exception_message__isnull=False)),
        "exceptionMessage": equals("exception_message"),
        "failedActivityId": equals("failed_activity_id"),
        "noRetriesLeft": flag(Q(retries=0)),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "priorityLowerThanOrEquals": compare("priority__lte", convert.long),
        "priorityHigherThanOrEquals": compare("priority__gte", convert.long),
        "acquired": flag(_acquired),
        **tenants_or_none("includeJobsWithoutTenantId"),
    }
    sortings = {
        "jobId": "id",
        "executionId": "execution_id",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition_key",
        "jobPriority": "priority",
        "jobRetries": "retries",
        "jobDueDate": "due_date",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Job.objects.defer("exception_stacktrace")

    @classmethod
    def check(cls, arguments: Mapping[str, Any]) -> None:
        if arguments.get("timers") and arguments.get("messages"):
            raise RestError("Parameter timers cannot be used together with parameter messages.")


def job_json(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "jobDefinitionId": as_text(job.job_definition_id),
        "processInstanceId": as_text(job.process_instance_id),
        "processDefinitionId": job.process_definition_id,
        "processDefinitionKey": job.process_definition_key,
        "executionId": as_text(job.execution_id),
        "exceptionMessage": job.exception_message,
        "failedActivityId": job.failed_activity_id,
        "retries": job.retries,
        "dueDate": format_date(job.due_date),
        "suspended": job.is_suspended,
        "priority": job.priority,
        "tenantId": job.tenant_id or None,
        "createTime": format_date(job.create_time),
        "batchId": as_text(job.batch_id),
    }
