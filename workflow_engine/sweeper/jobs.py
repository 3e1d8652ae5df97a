"""The main duty: due timers and asynchronous continuations."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError, connections, router

from workflow_engine import correlation, logs
from workflow_engine.engine.errors import LockLost, NotFound, Suspended
from workflow_engine.models import Job
from workflow_engine.services import management
from workflow_engine.sweeper.acquisition import AcquiredJob, acquire, release
from workflow_engine.sweeper.counts import Counts

logger = logging.getLogger(__name__)
Stop = Callable[[], bool]


def run_once(
    owner: str, limit: int = 50, *, created_until: datetime | None = None, should_stop: Stop = lambda: False
) -> Counts:
    """Takes up to `limit` due jobs and runs them, one after another."""
    return run(owner, acquire(owner, limit, created_until=created_until), should_stop)


def run(owner: str, jobs: list[AcquiredJob], should_stop: Stop = lambda: False) -> Counts:
    """A job that fails is recorded by the service and doesn't keep the others waiting. What has not begun when the
    sweeper is told to stop, and what a lost connection has broken off, is given back."""
    counts, left = Counts(), [job.id for job in jobs]
    try:
        for job in jobs:
            if should_stop():
                break
            counts[_run_one(owner, job)] += 1
            left.pop(0)
    except (OperationalError, InterfaceError) as error:
        logger.error("The connection to the database was lost: %s", str(error).strip())
        connections.close_all()
    if left:
        # Where the database is still away this raises; then the locks have to expire.
        counts["given back"] += release(owner, left)
    return counts


def _run_one(owner: str, job: AcquiredJob) -> str:
    """What became of the job, in a word. Loss of the database is not the job's failure and leaves this function."""
    about = {"job_id": job.id, "job_type": job.handler_type, "activity_id": job.activity_id}
    with correlation.bound(
        correlation_id=f"job:{job.id}", sweeper=owner, process_instance_id=job.process_instance_id, **about
    ):
        return _tried(owner, job)


def _tried(owner: str, job: AcquiredJob) -> str:
    try:
        management.execute_job(job.id, lock_owner=owner)
    except (NotFound, LockLost):
        # Whatever it belonged to has gone on without it, for example cancelled by the job before; or this sweeper was
        # so slow that another has it now.
        logger.debug("%s is gone", job)
        return "gone"
    except Suspended:
        release(owner, [job.id])
        return "suspended"
    except (OperationalError, InterfaceError) as error:
        if _is_connection_lost(error):
            raise
        # The database is there and says no, and so it would again at once: its lock is left to expire.
        _log_failure(job, error, f"{job} failed, will be tried again")
        return "failed"
    except Exception as error:
        _log_failure(job, error, f"{job} failed")
        return "failed"
    logger.debug("%s is done", job)
    return "executed"


def _log_failure(job: AcquiredJob, error: Exception, sentence: str) -> None:
    """With the exception's type; what it says is kept with the job, where it takes a permission to read it."""
    logs.event(
        logger,
        logging.WARNING,
        "job_failed",
        f"{sentence}: {logs.summary(error)}",
        exception_type=logs.type_name(error),
        cause_type=None if error.__cause__ is None else logs.type_name(error.__cause__),
    )


def _is_connection_lost(error: Exception) -> bool:
    """Asking the connection is of no use: Django has opened a new one meanwhile."""
    if connections[router.db_for_write(Job)].vendor != "postgresql" or isinstance(error, InterfaceError):
        return isinstance(error, InterfaceError)
    # 08: connection exceptions; 57P: the server shuts down or starts up; none: the client noticed by itself.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))
