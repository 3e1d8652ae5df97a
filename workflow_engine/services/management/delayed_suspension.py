"""The jobs that suspend and activate definitions, when their date has come: all of it in the job's one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from workflow_engine.engine.errors import Suspended
from workflow_engine.engine.state import Job
from workflow_engine.services import suspension_jobs as kinds
from workflow_engine.services.command import Session
from workflow_engine.services.management import job_definition_suspension
from workflow_engine.services.repository import suspension

_CARRY_OUT: dict[str, tuple[Callable[[Mapping[str, Any], bool, str], None], bool]] = {
    kinds.SUSPEND_PROCESS_DEFINITION: (suspension.carry_out, True),
    kinds.ACTIVATE_PROCESS_DEFINITION: (suspension.carry_out, False),
    kinds.SUSPEND_JOB_DEFINITION: (job_definition_suspension.carry_out, True),
    kinds.ACTIVATE_JOB_DEFINITION: (job_definition_suspension.carry_out, False),
}


def is_one(job: Job) -> bool:
    return job.handler_type in _CARRY_OUT


def execute(current: Session, job: Job) -> None:
    """What it changes the user operation log has told when it was planned."""
    if job.is_suspended:
        raise Suspended(f"Cannot execute job '{job.id}': it is suspended.")
    carry_out, is_suspended = _CARRY_OUT[job.handler_type]
    carry_out(json.loads(job.handler_configuration), is_suspended, current.work.using)
    jobs = current.engine.context.jobs
    jobs.close_incident(job, resolved=True)
    current.engine.context.delete(job)
    jobs.log(job, "successful")
