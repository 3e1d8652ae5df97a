"""Whether the engine can work: the database answers, a sweeper is at work, and no due job waits for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min

from workflow_engine import clock
from workflow_engine.models import Job, SweeperHeartbeat
from workflow_engine.store import database

BEAT_EVERY = timedelta(seconds=10)
STALE_AFTER = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(days=1)
_migrated: set[str] = set()  # aliases


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Times in seconds; None where there is nothing to measure."""

    database: str  # "ok", "unreachable" or "not migrated"
    sweepers: int = 0  # seen within the last minute
    seconds_since_sweeper: float | None = None
    oldest_due_job_seconds: float | None = None

    @property
    def is_ready(self) -> bool:
        """To answer requests; whether somebody sweeps is another question."""
        return self.database == "ok"

    @property
    def has_sweeper(self) -> bool:
        return self.sweepers > 0


def look(using: str | None = None) -> Health:
    alias = database.alias(using)
    try:
        if _has_unapplied_migrations(alias):
            return Health(database="not migrated")
        now = clock.now(alias)
        seen = list(SweeperHeartbeat.objects.using(alias).values_list("last_seen", flat=True))
        oldest = _oldest_due_job(alias, now)
    except DatabaseError:
        connections[alias].close()
        return Health(database="unreachable")
    return Health(
        database="ok",
        sweepers=sum(now - moment < STALE_AFTER for moment in seen),
        seconds_since_sweeper=_seconds(now, max(seen)) if seen else None,
        oldest_due_job_seconds=None if oldest is None else _seconds(now, oldest),
    )


def _oldest_due_job(alias: str, now: datetime) -> datetime | None:
    """Since when it has been due. In two questions, each with an index: together they would read every timer of the future."""
    jobs = Job.objects.using(alias).due(now)
    at_once = jobs.filter(due_date__isnull=True).aggregate(oldest=Min("create_time"))["oldest"]
    later = jobs.filter(due_date__lte=now).order_by("due_date").values_list("due_date", flat=True).first()
    return min((moment for moment in (at_once, later) if moment is not None), default=None)


def beat(owner: str, *, started: datetime, threads: int, using: str | None = None) -> None:
    """The sweeper says that it is at work; whoever has not said so for a day is forgotten."""
    rows = SweeperHeartbeat.objects.using(database.alias(using))
    now = clock.now(database.alias(using))
    if not rows.filter(pk=owner).update(last_seen=now, threads=threads):
        rows.create(owner=owner, started=started, last_seen=now, threads=threads)
        rows.filter(last_seen__lt=now - FORGOTTEN_AFTER).delete()


def leave(owner: str, *, using: str | None = None) -> None:
    SweeperHeartbeat.objects.using(database.alias(using)).filter(pk=owner).delete()


def _has_unapplied_migrations(using: str) -> bool:
    """Whether this code needs tables that are not there yet. What has been applied stays so: a process asks until it is."""
    if using not in _migrated:
        executor = MigrationExecutor(connections[using])
        targets = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "workflow_engine"]
        if executor.migration_plan(targets):
            return True
        _migrated.add(using)
    return False


def _seconds(now: datetime, then: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
