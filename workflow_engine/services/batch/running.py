"""Running one job of a batch: each item in a transaction of its own, so that one that fails takes no other along."""

from __future__ import annotations

import json

from django.db import InterfaceError, OperationalError

from workflow_engine import clock, correlation, models
from workflow_engine.engine.errors import LockLost, NotAllowed, NotFound, Suspended
from workflow_engine.engine.state import Job
from workflow_engine.services.batch import jobs, stored
from workflow_engine.services.batch.kinds import KINDS, Options
from workflow_engine.services.command import session
from workflow_engine.store.retry import repeating

# The job itself is gone, stands still or is somebody else's, or the database failed.
NOT_THE_ITEMS_FAULT = (NotFound, Suspended, LockLost, OperationalError, InterfaceError)


class ItemFailed(NotAllowed):
    """What a batch was to be done with an item was refused."""


def execute(job: Job, lock_owner: str | None, using: str) -> None:
    """Raises what is wrong with an item, when all the others of the job are done; those that failed are left in the job."""
    if job.handler_type == jobs.SEED:
        jobs.seed(job, lock_owner, using)
    elif job.handler_type == jobs.MONITOR:
        jobs.monitor(job, lock_owner, using)
    else:
        _execute_items(job, lock_owner, using)


def _execute_items(job: Job, lock_owner: str | None, using: str) -> None:
    batch: models.Batch | None = models.Batch.objects.using(using).by_id(job.batch_id).first()
    if batch is None:
        raise NotFound(f"No batch found with id '{job.batch_id}'.")
    if batch.execution_start_time is None:
        begun = models.Batch.objects.using(using).by_id(batch.pk).filter(execution_start_time__isnull=True)
        begun.update(execution_start_time=clock.now(using))
    options, failure = stored.loads(batch.configuration), None
    for item in json.loads(job.handler_configuration):
        try:
            with correlation.bound(batch_id=str(batch.pk), batch_item=item):
                _execute_one(job, item, batch, options, lock_owner, using)
        except NOT_THE_ITEMS_FAULT:
            raise
        except Exception as error:
            failure = error
    if failure is not None:
        raise failure
    _wake_monitor(batch, using)


def _execute_one(
    job: Job, item: str, batch: models.Batch, options: Options, lock_owner: str | None, using: str
) -> None:
    def once() -> None:
        with session(using) as current:
            mine = jobs.held(current, job.id, lock_owner)
            left = json.loads(mine.handler_configuration)
            if item not in left:
                return  # somebody else has just done it
            try:
                KINDS[batch.type].run(item, options, using)
            except (NotFound, Suspended, LockLost) as error:
                raise ItemFailed(str(error)) from error
            left.remove(item)
            if left:
                mine.handler_configuration = json.dumps(left)
            else:
                current.engine.context.jobs.finish(mine)

    repeating(using, once)


def _wake_monitor(batch: models.Batch, using: str) -> None:
    """Whoever does the last job need not leave the batch waiting for the monitor's next look."""
    rows = models.Job.objects.using(using)
    if not rows.filter(job_definition_id=batch.batch_job_definition_id).exists():
        rows.filter(job_definition_id=batch.monitor_job_definition_id).update(due_date=clock.now(using))
