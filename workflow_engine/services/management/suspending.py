"""Suspending and activating many jobs, or job definitions, at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.services import operation_log, suspension_jobs
from workflow_engine.services.command import unit_of_work
from workflow_engine.services.management.job_definition_suspension import INCLUDED, handler_type, operation_type
from workflow_engine.services.management.job_definitions import set_job_definition_suspended
from workflow_engine.services.visibility import sees_everything, visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating
from workflow_engine.store.unit_of_work import UnitOfWork


def set_jobs_suspended(
    is_suspended: bool,
    *,
    job_definition_id: str | None = None,
    process_instance_id: str | None = None,
    process_definition_id: str | None = None,
    process_definition_key: str | None = None,
    tenant_id: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> int:
    """How many there were. `tenant_id` narrows a key: "" means of no tenant, None of any."""
    alias = database.alias(using)
    named = {
        "job_definition_id": ids.canonical(job_definition_id) if job_definition_id else None,
        "process_instance_id": ids.canonical(process_instance_id) if process_instance_id else None,
        "process_definition_id": process_definition_id,
        "process_definition_key": process_definition_key,
        "tenant_id": tenant_id,
    }
    jobs = models.Job.objects.using(alias).filter(**{name: value for name, value in named.items() if value is not None})
    if (job_definition_id or process_instance_id) and not (named["job_definition_id"] or named["process_instance_id"]):
        return 0  # the text is no id, so nothing has it
    with transaction.atomic(using=alias):
        changed = visible(jobs).update(is_suspended=is_suspended)
        entry = operation_log.Entry(
            operation_type="SuspendJob" if is_suspended else "ActivateJob",
            entity_type="Job",
            property="suspensionState",
            new_value="suspended" if is_suspended else "active",
            job_definition_id=named["job_definition_id"],
            process_instance_id=named["process_instance_id"],
            process_definition_id=process_definition_id,
            process_definition_key=process_definition_key,
        )
        operation_log.write([entry], name_of(user), alias)
    return changed


def set_job_definitions_suspended(
    is_suspended: bool,
    *,
    process_definition_id: str | None = None,
    process_definition_key: str | None = None,
    tenant_id: str | None = None,
    include_jobs: bool = False,
    execution_date: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Of a process definition, or of all versions of a key; at a later date also of those that are deployed until then.
    Who may not see every definition changes what he sees now."""
    alias = database.alias(using)
    given = {
        "process_definition_id": process_definition_id,
        "process_definition_key": process_definition_key,
        "tenant_id": tenant_id,
    }
    named = {name: value for name, value in given.items() if value is not None}

    def change() -> None:
        with unit_of_work(alias) as work:
            rows = visible(models.JobDefinition.objects.using(alias).filter(**named)).order_by("pk")
            if execution_date is not None and sees_everything():
                _plan(work, named, is_suspended, include_jobs, execution_date, user)
                return
            for found in list(rows.values_list("pk", flat=True)):
                set_job_definition_suspended(
                    str(found),
                    is_suspended,
                    include_jobs=include_jobs,
                    execution_date=execution_date,
                    user=user,
                    using=alias,
                )

    repeating(alias, change)


def _plan(
    work: UnitOfWork,
    named: Mapping[str, str],
    is_suspended: bool,
    include_jobs: bool,
    execution_date: datetime,
    user: Any,
) -> None:
    rows = models.JobDefinition.objects.using(work.using).filter(**named)
    deployments = rows.order_by("-process_definition__version").values_list("deployment_id", flat=True)
    deployment_id = deployments.first()
    suspension_jobs.insert(
        work,
        handler_type(is_suspended),
        {"named": named, INCLUDED: include_jobs},
        execution_date,
        deployment_id=str(deployment_id) if deployment_id else None,
        tenant_id=named.get("tenant_id", ""),
    )
    changed = operation_log.Entry(operation_type=operation_type(is_suspended), entity_type="JobDefinition", **named)
    operation_log.write(operation_log.suspension(changed, is_suspended, execution_date), name_of(user), work.using)
