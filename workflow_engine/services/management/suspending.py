"""Suspending and activating many jobs, or job definitions, at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.services import operation_log
from workflow_engine.services.management.job_definitions import set_job_definition_suspended
from workflow_engine.services.visibility import visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database


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
    user: Any = None,
    using: str | None = None,
) -> None:
    """Of a process definition, or of all versions of a key."""
    alias = database.alias(using)
    named = {
        "process_definition_id": process_definition_id,
        "process_definition_key": process_definition_key,
        "tenant_id": tenant_id,
    }
    rows = models.JobDefinition.objects.using(alias).filter(
        **{name: value for name, value in named.items() if value is not None}
    )
    with transaction.atomic(using=alias):
        for found in list(visible(rows).order_by("pk").values_list("pk", flat=True)):
            set_job_definition_suspended(str(found), is_suspended, include_jobs=include_jobs, user=user, using=alias)
