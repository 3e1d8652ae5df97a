"""The one job that removes history: it looks every hour, or when somebody asks for it, within the window."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from workflow_engine import clock, conf, ids, models
from workflow_engine.engine.errors import BadInput, LockLost, NotFound
from workflow_engine.services import metrics, operation_log
from workflow_engine.services.command import session
from workflow_engine.services.history_cleanup import removing, standalone_tasks, window
from workflow_engine.services.metrics import names
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating

HANDLER_TYPE = "history-cleanup"
PAUSE = timedelta(hours=1)
AT_ONCE, REGULAR = json.dumps({"immediatelyDue": True}), json.dumps({"immediatelyDue": False})
TASK_METRICS_AT_ONCE = 5_000


def find_job(using: str | None = None) -> models.Job | None:
    return models.Job.objects.using(database.alias(using)).by_id(ids.HISTORY_CLEANUP_JOB).first()


def prepare(using: str | None = None) -> bool:
    """Sees to it that there is a job, and that it is due within the window as it is set now; whether that took a change."""
    if not conf.current().history_cleanup_enabled:
        return False
    alias = database.alias(using)
    job = find_job(alias)
    if job is None:
        return _create(alias, clock.now(alias), immediately=False)
    if job.lock_owner is not None or job.due_date is None or job.handler_configuration != REGULAR:
        return False
    expected = max(job.due_date, clock.now(alias))
    if window.is_open(expected):
        return False
    free = models.Job.objects.using(alias).by_id(job.pk).filter(lock_owner__isnull=True, due_date=job.due_date)
    return bool(free.update(due_date=window.next_opening(expected)))


def schedule(*, immediately: bool = True, user: Any = None, using: str | None = None) -> models.Job:
    """The job, due now or when it would look next."""
    if not conf.current().history_cleanup_enabled:
        raise BadInput("History cleanup is switched off by the setting HISTORY_CLEANUP_ENABLED.")
    alias = database.alias(using)
    now = clock.now(alias)
    with transaction.atomic(using=alias):
        _create(alias, now, immediately=immediately)
        models.Job.objects.using(alias).by_id(ids.HISTORY_CLEANUP_JOB).update(
            due_date=now if immediately else _regular_look(now),
            handler_configuration=AT_ONCE if immediately else REGULAR,
            retries=conf.current().default_retries,
            is_suspended=False,
        )
        entry = operation_log.Entry(
            operation_type="CreateHistoryCleanupJobs",
            entity_type="Job",
            property="immediatelyDue",
            new_value=immediately,
        )
        operation_log.write([entry], name_of(user), alias)
    job = find_job(alias)
    if job is None:
        raise NotFound("The history cleanup job was deleted in the meantime.")
    return job


def execute(lock_owner: str | None, using: str) -> None:
    """Removes what is due, until there is no more, the window closes, or half of the time is over for which the job is held."""
    job = find_job(using)
    if job is None:
        raise NotFound(f"No job found with id '{ids.HISTORY_CLEANUP_JOB}'.")
    if lock_owner is not None and job.lock_owner != lock_owner:
        raise LockLost(f"Job '{job.pk}' is not held by '{lock_owner}' any more.")
    at_once = job.handler_configuration == AT_ONCE
    is_done = not conf.current().history_cleanup_enabled or _remove(at_once, using)
    repeating(using, lambda: _plan_next(at_once, is_done, lock_owner, using))


def _remove(at_once: bool, using: str) -> bool:
    """Whether nothing is left to do for now."""
    settings = conf.current()
    end = time.monotonic() + settings.job_lock_duration.total_seconds() / 2
    more = True
    while more and (at_once or window.is_open(clock.now(using))):
        more = repeating(using, lambda: _remove_some(settings.history_cleanup_batch_size, using))
        if more and time.monotonic() >= end:
            return False
    return True


def _remove_some(limit: int, using: str) -> bool:
    # Batches are carried out by jobs, so their service knows the one that knows this job.
    from workflow_engine.services import batch

    now = clock.now(using)
    instances, more = removing.remove_instances(now, limit, using)
    _, more_tasks = standalone_tasks.remove_tasks(now, limit, using)
    batches = batch.remove_expired(limit, using=using)
    task_metrics = removing.remove_task_metrics(now, TASK_METRICS_AT_ONCE, using)
    metrics.count(names.REMOVED_INSTANCES, instances)
    metrics.count(names.REMOVED_BATCHES, batches)
    metrics.count(names.REMOVED_TASK_METRICS, task_metrics)
    return more or more_tasks or batches == limit or task_metrics == TASK_METRICS_AT_ONCE


def _plan_next(at_once: bool, is_done: bool, lock_owner: str | None, using: str) -> None:
    """Nothing, if another one holds the job by now."""
    with session(using) as current:
        jobs = current.engine.context.jobs
        job = jobs.find(ids.HISTORY_CLEANUP_JOB)
        if lock_owner is not None and job.lock_owner != lock_owner:
            return
        now = current.work.now
        jobs.close_incident(job, resolved=True)
        job.handler_configuration = REGULAR if is_done else job.handler_configuration
        job.due_date = _regular_look(now) if is_done else now if at_once else window.next_opening(now)
        job.retries = conf.current().default_retries
        job.exception_message = job.exception_stacktrace = job.failed_activity_id = None
        job.lock_owner = job.lock_expiration_time = None


def _regular_look(now: datetime) -> datetime:
    return window.next_opening(now + PAUSE)


def _create(using: str, now: datetime, *, immediately: bool) -> bool:
    values = {
        "handler_type": HANDLER_TYPE,
        "handler_configuration": AT_ONCE if immediately else REGULAR,
        "partition": ids.partition_of(ids.HISTORY_CLEANUP_JOB),
        "create_time": now,
        "due_date": now if immediately else _regular_look(now),
        "retries": conf.current().default_retries,
        "is_exclusive": False,
    }
    return models.Job.objects.using(using).get_or_create(pk=ids.HISTORY_CLEANUP_JOB, defaults=values)[1]
