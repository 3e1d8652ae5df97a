"""The jobs of a batch: a seed job makes a chunk's jobs, each job does its items, and a monitor job sees when all are done.

    seed, seed, ... -> monitor, monitor, ...
      \\-> jobs          (ends the batch when no job is left)

They are taken, locked and retried like all jobs, by whatever sweeper. The batch's row is always locked before its jobs; a
job that does its items leaves that row alone, so that items never wait for each other.
"""

from __future__ import annotations

import json
from datetime import timedelta

from workflow_engine import conf, ids, models
from workflow_engine.engine.commands import ExecuteJob
from workflow_engine.engine.errors import LockLost, NotFound, Suspended
from workflow_engine.engine.state import Job
from workflow_engine.services.command import Session, session
from workflow_engine.store.retry import repeating

SEED, MONITOR = "batch-seed-job", "batch-monitor-job"


def insert(current: Session, batch: models.Batch, handler_type: str, items: list[str] | None = None) -> None:
    """A job of its items lies with the first of them, the others with the batch."""
    definitions = {SEED: batch.seed_job_definition_id, MONITOR: batch.monitor_job_definition_id}
    near = next((known for item in items or () if (known := ids.canonical(item)) is not None), str(batch.pk))
    job = Job(
        id=ids.new_id(near),
        handler_type=handler_type,
        handler_configuration=str(batch.pk) if items is None else json.dumps(items),
        create_time=current.work.now,
        job_definition_id=str(definitions.get(handler_type, batch.batch_job_definition_id)),
        retries=conf.current().default_retries,
        is_exclusive=False,
        is_suspended=batch.is_suspended,
        tenant_id=batch.tenant_id,
        batch_id=str(batch.pk),
    )
    current.engine.context.insert(job)
    current.engine.context.jobs.log(job, "created")


def held(current: Session, job_id: str, lock_owner: str | None) -> Job:
    """The job, locked; refused if it must not run now."""
    current.lock(ExecuteJob(job_id=job_id))
    job = current.engine.context.jobs.find(job_id)
    if lock_owner is not None and job.lock_owner != lock_owner:
        raise LockLost(f"Job '{job_id}' is not held by '{lock_owner}' any more.")
    if job.is_suspended:
        raise Suspended(f"Cannot execute job '{job_id}': its batch is suspended.")
    return job


def seed(job: Job, lock_owner: str | None, using: str) -> None:
    def once() -> None:
        with session(using) as current:
            batch = locked_batch(job.batch_id, using)
            mine = held(current, job.id, lock_owner)
            chunks = models.BatchChunk.objects.using(using).in_partition(str(batch.pk)).filter(batch_id=batch.pk)
            found = list(chunks.order_by("id")[:2])
            if found:
                _make_jobs(current, batch, found[0].items)
                chunks.filter(pk=found[0].pk).delete()
                batch.save(using=using, update_fields=["jobs_created"])
            insert(current, batch, SEED if len(found) > 1 else MONITOR)
            current.engine.context.jobs.finish(mine)

    repeating(using, once)


def _make_jobs(current: Session, batch: models.Batch, items: list[str]) -> None:
    size = batch.invocations_per_batch_job
    for start in range(0, len(items), size):
        insert(current, batch, batch.type, items[start : start + size])
        batch.jobs_created += 1


def monitor(job: Job, lock_owner: str | None, using: str) -> None:
    def once() -> None:
        with session(using) as current:
            batch = locked_batch(job.batch_id, using)
            mine = held(current, job.id, lock_owner)
            if models.Job.objects.using(using).filter(job_definition_id=batch.batch_job_definition_id).exists():
                mine.due_date = current.work.now + conf.current().batch_poll_time
                mine.lock_owner = mine.lock_expiration_time = None
                return
            current.engine.context.jobs.finish(mine)
            batch.end_time = current.work.now
            days = conf.current().batch_history_time_to_live
            batch.removal_time = None if days is None else batch.end_time + timedelta(days=days)
            batch.save(using=using, update_fields=["end_time", "removal_time"])
            delete_definitions(batch, using)

    repeating(using, once)


def locked_batch(batch_id: str | None, using: str) -> models.Batch:
    rows = models.Batch.objects.using(using).by_id(batch_id).running().defer("configuration")
    batch: models.Batch | None = rows.select_for_update().first()
    if batch is None:
        raise NotFound(f"No batch found with id '{batch_id}'.")
    return batch


def delete_definitions(batch: models.Batch, using: str) -> None:
    models.JobDefinition.objects.using(using).filter(pk__in=batch.job_definition_ids).delete()
