"""Takes due jobs for one sweeper, so that no other takes them: a short transaction that stamps an owner and an expiry.

Must never run a job. On PostgreSQL rows that another sweeper is just taking are skipped; on SQLite the IMMEDIATE
transaction lets one sweeper take at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, cast

from django.db import router, transaction
from django.db.models import Exists, Min, OuterRef, Q

from workflow_engine import clock, conf
from workflow_engine.models import Job
from workflow_engine.models.job import JobQuerySet
from workflow_engine.services import metrics
from workflow_engine.services.metrics.names import JOB_ACQUIRED, JOB_ACQUISITION_ATTEMPT, JOB_REJECTED
from workflow_engine.store import database, due_jobs, waiting_definitions
from workflow_engine.sweeper.turns import Turns

# Stands for a definition's key in a statement: no key can be called so, because no database stores this character.
ANY_KEY = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquiredJob:
    """Enough to run the job and to tell people which it was."""

    id: str
    handler_type: str
    activity_id: str | None
    process_instance_id: str | None
    exclusive_in: str | None = None  # the instance tree of which it has to be the only exclusive job that runs

    def __str__(self) -> str:
        where = f" of process instance {self.process_instance_id}" if self.process_instance_id else ""
        return f"job {self.id} ({self.handler_type} at {self.activity_id}{where})"


def acquire(
    owner: str, limit: int, *, created_until: datetime | None = None, turns: Turns | None = None
) -> list[AcquiredJob]:
    """At most `limit` due jobs, now held by `owner` for the setting JOB_LOCK_DURATION. In the order in which to run them.

    With `created_until`, later jobs are left alone. `turns` remembers from call to call whose turn it is.
    """
    using = router.db_for_write(Job)
    now = clock.now(using)
    metrics.count(JOB_ACQUISITION_ATTEMPT)
    wanted = Q() if created_until is None else Q(create_time__lte=created_until)
    # Most passes find nothing: they take no lock and, on SQLite, keep no writer waiting.
    if not due_jobs.is_any(database.dialect(using), now, created_until=created_until):
        return []
    with transaction.atomic(using=using):
        jobs = _lock_candidates(_not_running_elsewhere(using, now).filter(wanted), now, limit, turns or Turns())
        expires = clock.now(using) + conf.current().job_lock_duration
        taken = Job.objects.using(using).filter(pk__in=[job.pk for job in jobs])
        taken.update(lock_owner=owner, lock_expiration_time=expires)
    metrics.count(JOB_ACQUIRED, len(jobs))
    return [_acquired(job) for job in jobs]


def release(owner: str, job_ids: Iterable[str]) -> int:
    """Gives back jobs that were taken and not run. One statement each: together they might wait for each other's locks."""
    jobs = Job.objects.using(router.db_for_write(Job))
    free = {"lock_owner": None, "lock_expiration_time": None}
    released = sum(jobs.by_id(job_id).filter(lock_owner=owner).update(**free) for job_id in job_ids)
    metrics.count(JOB_REJECTED, released)
    return released


def next_due(after: datetime) -> datetime | None:
    """When the next job becomes due that nobody holds."""
    free = Job.objects.executable().filter(lock_owner__isnull=True, due_date__gt=after)
    return cast("datetime | None", free.aggregate(next=Min("due_date"))["next"])


def _acquired(job: Job) -> AcquiredJob:
    return AcquiredJob(
        id=str(job.pk),
        handler_type=job.handler_type,
        activity_id=job.activity_id,
        process_instance_id=_text(job.process_instance_id),
        exclusive_in=_text(job.root_process_instance_id) if job.is_exclusive else None,
    )


def _text(row_id: object) -> str | None:
    return None if row_id is None else str(row_id)


def _lock_candidates(jobs: JobQuerySet, now: datetime, limit: int, turns: Turns) -> list[Job]:
    """Asynchronous continuations have no due date and stand for people's own work, timers may wait: so half of the
    places are theirs, where both have enough."""
    continuations = _in_turn(
        jobs.filter(lock_owner__isnull=True, due_date__isnull=True), now, limit, turns, timers=False
    )
    timers = _in_turn(jobs.filter(lock_owner__isnull=True).filter(due_date__lte=now), now, limit, turns, timers=True)
    chosen = continuations[: max(limit // 2, limit - len(timers))]
    chosen += timers[: limit - len(chosen)]
    if len(chosen) < limit:
        # Left behind by a sweeper that died.
        orphans = jobs.due(now).filter(lock_owner__isnull=False, lock_expiration_time__lte=now)
        chosen += _locked(orphans.order_by("lock_expiration_time"), limit - len(chosen))
    return chosen


def _in_turn(free: JobQuerySet, now: datetime, limit: int, turns: Turns, *, timers: bool) -> list[Job]:
    """The oldest, if all that wait fit in; else each definition's oldest in turn, so that none waits behind another's thousands.

    Each query reads one partial index in its order: what is too much costs one more index range for each definition served.
    """
    oldest = _locked(free.order_by("due_date", "id"), limit)
    if len(oldest) < limit:
        return oldest
    keys = turns.next(free.db, now, limit, timers=timers)
    if len({*keys, *(job.process_definition_key for job in oldest)}) == 1:
        return oldest
    shares = _shares(free, keys, -(-limit // max(1, len(keys))), now, timers=timers)
    chosen = [job for rank in zip_longest(*shares) for job in rank if job is not None][:limit]
    taken = {job.pk for job in chosen}
    return chosen + [job for job in oldest if job.pk not in taken][: limit - len(chosen)]


def _shares(free: JobQuerySet, keys: list[str | None], share: int, now: datetime, *, timers: bool) -> list[list[Job]]:
    """The oldest of each definition, locked, by one statement: its parts differ by nothing but the key."""
    parts, params = [], []
    of_any = _sql(_of_definition(free, ANY_KEY, now, timers=timers), share)
    for key in keys:
        sql, values = _sql(_of_definition(free, None, now, timers=timers), share) if key is None else of_any
        parts.append(f"SELECT * FROM ({sql}) b")  # noqa: S608
        params += [key if value == ANY_KEY else value for value in values]
    found: dict[str | None, list[Job]] = {key: [] for key in keys}
    for job in Job.objects.using(free.db).raw(" UNION ALL ".join(parts), params) if parts else ():
        found[job.process_definition_key].append(job)
    return [sorted(jobs, key=lambda job: (job.due_date or now, job.pk)) for jobs in found.values()]


def _of_definition(free: JobQuerySet, key: str | None, now: datetime, *, timers: bool) -> JobQuerySet:
    order = ("process_definition_key", "due_date", "id") if timers else ("process_definition_key", "id")
    if key is None:
        return free.filter(process_definition_key__isnull=True).order_by(*order)
    # A range of one value, with the due date in it: see `store.waiting_definitions` for what an equality would allow.
    of_key = free.filter(process_definition_key__gte=key)
    if timers:
        due = waiting_definitions.until(database.dialect(free.db), key, now)
        return of_key.filter(due, due_date__isnull=False).order_by(*order)
    return of_key.filter(process_definition_key__lte=key).order_by(*order)


def _not_running_elsewhere(using: str, now: datetime) -> JobQuerySet:
    """Without exclusive jobs whose instance tree has an exclusive job that is held: they would only wait for its lock."""
    held = Job.objects.using(using).filter(
        root_process_instance=OuterRef("root_process_instance"),
        is_exclusive=True,
        lock_owner__isnull=False,
        lock_expiration_time__gt=now,
    )
    is_blocked = Q(is_exclusive=True, root_process_instance__isnull=False) & Exists(held)
    return Job.objects.using(using).executable().exclude(is_blocked)


def _locked(jobs: JobQuerySet, limit: int) -> list[Job]:
    return list(_first(jobs, limit))


def _sql(jobs: JobQuerySet, limit: int) -> tuple[str, tuple[Any, ...]]:
    sql, params = _first(jobs, limit).query.get_compiler(jobs.db).as_sql()
    return sql, params


def _first(jobs: JobQuerySet, limit: int) -> JobQuerySet:
    return jobs.select_for_update(skip_locked=True, no_key=True)[:limit]
