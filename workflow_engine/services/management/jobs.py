"""Single jobs: running them, and what operators change about them."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError

from workflow_engine import ids
from workflow_engine.engine import commands as c
from workflow_engine.engine.errors import LockLost, NotFound, Suspended
from workflow_engine.engine.state import Job
from workflow_engine.services import history_cleanup, operation_log
from workflow_engine.services.command import Session, execute, session
from workflow_engine.services.management import delayed_suspension, retry_jitter
from workflow_engine.services.observed import Observed
from workflow_engine.services.operation_log import Entry
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating

# These say nothing about the job itself: it is gone, stands still, is somebody else's, or the database failed.
NOT_ITS_FAULT = (NotFound, Suspended, LockLost, OperationalError, InterfaceError)


def execute_job(job_id: str, *, lock_owner: str | None = None, user: Any = None, using: str | None = None) -> None:
    """Runs the job. If that fails, the failure is recorded in a transaction of its own and raised again.

    A sweeper gives its name as `lock_owner`: then the job must still be its own.
    """
    alias, command = database.alias(using), c.ExecuteJob(job_id=job_id)
    with Observed(command, name_of(user)) as observed:
        _execute_job(command, observed, lock_owner, alias)


def _execute_job(command: c.ExecuteJob, observed: Observed, lock_owner: str | None, alias: str) -> None:
    job_id = command.job_id
    try:
        if job_id == ids.HISTORY_CLEANUP_JOB:
            history_cleanup.execute(lock_owner, alias)  # in many transactions
            return
        of_batch = repeating(alias, lambda: _in_session(alias, lock_owner, command, observed))
        if of_batch is not None:
            # Batches are made of operations on many things, jobs among them, so their service knows this one.
            from workflow_engine.services import batch

            batch.execute(of_batch, lock_owner, alias)
    except NOT_ITS_FAULT:
        raise
    except Exception as error:
        _record_failure(job_id, error, lock_owner, alias)
        raise


def _in_session(
    using: str, lock_owner: str | None, command: c.ExecuteJob | c.FailJob, observed: Observed | None = None
) -> Job | None:
    """The job if it is a batch's and is to be run: that takes transactions of its own."""
    job_id = command.job_id
    with session(using, user=None if observed is None else observed.user) as current:
        if observed is not None:
            observed.session = current
        job = _locked_job(current, job_id)
        if lock_owner is not None and job.lock_owner != lock_owner:
            raise LockLost(f"Job '{job_id}' is not held by '{lock_owner}' any more.")
        if isinstance(command, c.ExecuteJob) and delayed_suspension.is_one(job):
            delayed_suspension.execute(current, job)
            current.log(command)
        elif isinstance(command, c.ExecuteJob) and job.batch_id is not None:
            current.log(command)
            return job
        else:
            due_before = job.due_date
            current.carry_out(command)
            if isinstance(command, c.FailJob):
                retry_jitter.spread(job, due_before, current.work.now)
    return None


def _record_failure(job_id: str, error: Exception, lock_owner: str | None, using: str) -> None:
    """What was wrong, and one retry less. Nothing if the job is gone or somebody else's by now."""
    command = c.FailJob(
        job_id=job_id,
        message=_storable(str(error) or type(error).__name__),
        stacktrace=_storable("".join(traceback.format_exception(error))),
        failed_activity_id=getattr(error, "activity_id", None),
    )
    try:
        repeating(using, lambda: _in_session(using, lock_owner, command))
    except (NotFound, LockLost):
        return


def _storable(text: str) -> str:
    """Without what a database refuses: a failure must never fail to be recorded."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _locked_job(current: Session, job_id: str) -> Job:
    current.lock(c.ExecuteJob(job_id=job_id))
    return current.engine.context.jobs.find(job_id)


def set_job_retries(
    job_id: str, retries: int, *, due_date: datetime | None = None, user: Any = None, using: str | None = None
) -> None:
    """Above zero resolves the job's incident, at zero opens one."""
    execute(c.SetJobRetries(job_id=job_id, retries=retries, due_date=due_date), user=name_of(user), using=using)


def set_job_due_date(job_id: str, due_date: datetime | None, *, user: Any = None, using: str | None = None) -> None:
    """None: as soon as possible."""

    def change(job: Job, _: Session) -> list[Entry]:
        before, job.due_date = job.due_date, due_date
        return [entry(job, "SetDueDate", "duedate", before, due_date)]

    change_job(job_id, change, user, using)


def set_job_suspended(job_id: str, is_suspended: bool, *, user: Any = None, using: str | None = None) -> None:
    def change(job: Job, _: Session) -> list[Entry]:
        job.is_suspended = is_suspended
        operation, state = ("SuspendJob", "suspended") if is_suspended else ("ActivateJob", "active")
        return [entry(job, operation, "suspensionState", None, state)]

    change_job(job_id, change, user, using)


def set_job_priority(job_id: str, priority: int, *, user: Any = None, using: str | None = None) -> None:
    def change(job: Job, _: Session) -> list[Entry]:
        before, job.priority = job.priority, priority
        return [entry(job, "SetPriority", "priority", before, priority)]

    change_job(job_id, change, user, using)


def delete_job(job_id: str, *, user: Any = None, using: str | None = None) -> None:
    """What waited for the job waits for ever, unless an operator moves it on."""

    def change(job: Job, current: Session) -> list[Entry]:
        current.engine.context.jobs.remove(job)
        return [entry(job, "Delete", None, None, None)]

    change_job(job_id, change, user, using)


def change_job(job_id: str, change: Callable[[Job, Session], list[Entry]], user: Any, using: str | None) -> None:
    """Changes the job with its instance locked, and logs what `change` says of it."""
    alias = database.alias(using)

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            operation_log.write(change(_locked_job(current, job_id), current), name_of(user), alias)

    repeating(alias, run)


def entry(job: Job, operation: str, changed: str | None, before: Any, after: Any) -> Entry:
    return Entry(
        operation_type=operation,
        entity_type="Job",
        property=changed,
        org_value=before,
        new_value=after,
        job_id=job.id,
        job_definition_id=job.job_definition_id,
        process_instance_id=job.process_instance_id,
        root_process_instance_id=job.root_process_instance_id,
        process_definition_id=job.process_definition_id,
        process_definition_key=job.process_definition_key,
        tenant_id=job.tenant_id,
    )
