"""What suspending and activating job definitions changes, at once or by a job at a later date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workflow_engine import models
from workflow_engine.services import suspension_jobs

INCLUDED = "includeJobs"


def carry_out(configuration: Mapping[str, Any], is_suspended: bool, using: str) -> None:
    """What a job was told. Definitions that are gone by now are none of its business."""
    rows = models.JobDefinition.objects.using(using).filter(**configuration["named"])
    change_suspension(list(rows.values_list("pk", flat=True)), is_suspended, bool(configuration[INCLUDED]), using)


def change_suspension(definition_ids: Collection[Any], is_suspended: bool, include_jobs: bool, using: str) -> None:
    models.JobDefinition.objects.using(using).filter(pk__in=definition_ids).update(is_suspended=is_suspended)
    if include_jobs:
        models.Job.objects.using(using).filter(job_definition_id__in=definition_ids).update(is_suspended=is_suspended)


def handler_type(is_suspended: bool) -> str:
    return suspension_jobs.SUSPEND_JOB_DEFINITION if is_suspended else suspension_jobs.ACTIVATE_JOB_DEFINITION


def operation_type(is_suspended: bool) -> str:
    return "SuspendJobDefinition" if is_suspended else "ActivateJobDefinition"
