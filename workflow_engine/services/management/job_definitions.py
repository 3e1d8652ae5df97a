"""All jobs of one job definition at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.services import operation_log, suspension_jobs
from workflow_engine.services.command import unit_of_work
from workflow_engine.services.management.job_definition_suspension import (
    INCLUDED,
    change_suspension,
    handler_type,
    operation_type,
)
from workflow_engine.services.management.jobs import set_job_retries
from workflow_engine.services.visibility import acting_for
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def set_job_definition_retries(
    job_definition_id: str,
    retries: int,
    *,
    due_date: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Of its jobs that have none left."""
    if retries < 0:
        raise BadInput(f"The number of job retries cannot be {retries}: it must be 0 or more.")
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        definition = _find(job_definition_id, alias)
        failed = models.Job.objects.using(alias).filter(job_definition_id=definition.pk).no_retries_left()
        with acting_for(None):  # the definition decides, whosever process has called it
            for job_id in list(failed.order_by("root_process_instance_id", "id").values_list("pk", flat=True)):
                set_job_retries(str(job_id), retries, due_date=due_date, using=alias)
        _log(definition, "SetJobRetries", "retries", None, retries, user, alias)


def set_job_definition_suspended(
    job_definition_id: str,
    is_suspended: bool,
    *,
    include_jobs: bool = False,
    execution_date: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """With a date a job does it then, also if that is over."""
    alias = database.alias(using)

    def change() -> None:
        with unit_of_work(alias) as work:
            definition = _find(job_definition_id, alias)
            if execution_date is None:
                change_suspension([definition.pk], is_suspended, include_jobs, alias)
            else:
                suspension_jobs.insert(
                    work,
                    handler_type(is_suspended),
                    {"named": {"pk": str(definition.pk)}, INCLUDED: include_jobs},
                    execution_date,
                    deployment_id=str(definition.deployment_id) if definition.deployment_id else None,
                    tenant_id=definition.tenant_id,
                )
            changed = _entry(definition, operation_type(is_suspended))
            operation_log.write(operation_log.suspension(changed, is_suspended, execution_date), name_of(user), alias)

    repeating(alias, change)


def set_job_definition_priority(
    job_definition_id: str,
    priority: int | None,
    *,
    include_jobs: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    """None: the model's priorities count again. `include_jobs` also changes the jobs that exist."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        definition = _find(job_definition_id, alias)
        before = definition.override_job_priority
        definition.override_job_priority = priority
        definition.save(using=alias, update_fields=["override_job_priority"])
        if include_jobs and priority is not None:
            models.Job.objects.using(alias).filter(job_definition_id=definition.pk).update(priority=priority)
        _log(definition, "SetPriority", "overridingPriority", before, priority, user, alias)


def _find(job_definition_id: str, using: str) -> models.JobDefinition:
    known = ids.canonical(job_definition_id)
    found = models.JobDefinition.objects.using(using).filter(pk=known).first() if known else None
    if found is None:
        raise NotFound(f"No job definition found with id '{job_definition_id}'.")
    return found


def _log(
    definition: models.JobDefinition, operation: str, changed: str, before: Any, after: Any, user: Any, using: str
) -> None:
    entry = replace(_entry(definition, operation), property=changed, org_value=before, new_value=after)
    operation_log.write([entry], name_of(user), using)


def _entry(definition: models.JobDefinition, operation: str) -> operation_log.Entry:
    return operation_log.Entry(
        operation_type=operation,
        entity_type="JobDefinition",
        job_definition_id=str(definition.pk),
        process_definition_id=definition.process_definition_id,
        process_definition_key=definition.process_definition_key,
        tenant_id=definition.tenant_id,
    )
