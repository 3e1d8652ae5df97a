"""Figures of the whole engine for monitoring, each from one grouped query over small live tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from workflow_engine import clock, models
from workflow_engine.services import health
from workflow_engine.store import database


@dataclass(frozen=True, slots=True)
class Figure:
    """`labels` in a fixed order for each name. All are gauges; times in seconds."""

    name: str
    labels: dict[str, str]
    value: float


HELP = {
    "open_incidents": "Incidents that wait for a human, by definition and type.",
    "process_instances": "Running process instances, by definition.",
    "external_tasks": "External tasks by topic and state: waiting, locked or failed (no retries left).",
    "external_task_oldest_seconds": "Age of the oldest waiting external task of the topic.",
    "user_tasks": "User tasks by definition and whether somebody has them.",
    "jobs": "Jobs by state: due, later, running, failed (no retries left) or suspended.",
    "job_lag_seconds": "For how long the oldest due job has been due.",
    "sweepers": "Sweepers seen within the last minute.",
    "sweeper_last_seen_seconds": "Time since any sweeper was seen.",
}


def figures(using: str | None = None) -> Iterator[Figure]:
    alias = database.alias(using)
    now = clock.now(alias)
    yield from _incidents(alias)
    yield from _instances(alias)
    yield from _external_tasks(alias, now)
    yield from _user_tasks(alias)
    yield from _jobs(alias, now)
    found = health.look(alias)
    yield Figure("sweepers", {}, found.sweepers)
    if found.seconds_since_sweeper is not None:
        yield Figure("sweeper_last_seen_seconds", {}, found.seconds_since_sweeper)
    yield Figure("job_lag_seconds", {}, found.oldest_due_job_seconds or 0.0)


def _key(process_definition_id: str | None) -> str:
    return (process_definition_id or "").rsplit(":", 2)[0]


def _summed(name: str, rows: Iterator[tuple[dict[str, str], int]]) -> Iterator[Figure]:
    """Definitions of one key are one figure, whatever their version."""
    sums: dict[tuple[tuple[str, str], ...], int] = {}
    for labels, count in rows:
        place = tuple(labels.items())
        sums[place] = sums.get(place, 0) + count
    for place, total in sorted(sums.items()):
        yield Figure(name, dict(place), total)


def _incidents(using: str) -> Iterator[Figure]:
    rows = models.Incident.objects.using(using).order_by().values_list("process_definition_id", "incident_type")
    counted = rows.annotate(count=Count("pk"))
    yield from _summed(
        "open_incidents", (({"definition": _key(one), "type": kind}, count) for one, kind, count in counted)
    )


def _instances(using: str) -> Iterator[Figure]:
    rows = models.Execution.objects.using(using).process_instances().order_by().values_list("process_definition_id")
    counted = rows.annotate(count=Count("pk"))
    yield from _summed("process_instances", (({"definition": _key(one)}, count) for one, count in counted))


def _external_tasks(using: str, now: datetime) -> Iterator[Figure]:
    has_failed, is_locked = Q(retries=0), Q(lock_expiration_time__gt=now)
    rows = models.ExternalTask.objects.using(using).order_by("topic_name").values_list("topic_name")
    counted = rows.annotate(
        failed=Count("pk", filter=has_failed),
        locked=Count("pk", filter=is_locked & ~has_failed),
        total=Count("pk"),
        oldest=Min("create_time", filter=~has_failed & (Q(lock_expiration_time=None) | ~is_locked)),
    )
    for topic, failed, locked, total, oldest in counted:
        for state, count in (("waiting", total - failed - locked), ("locked", locked), ("failed", failed)):
            yield Figure("external_tasks", {"topic": topic, "state": state}, count)
        age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        yield Figure("external_task_oldest_seconds", {"topic": topic}, age)


def _user_tasks(using: str) -> Iterator[Figure]:
    rows = models.UserTask.objects.using(using).order_by().values_list("process_definition_id")
    counted = rows.annotate(taken=Count("pk", filter=Q(assignee__isnull=False)), total=Count("pk"))
    for state, index in (("assigned", 0), ("unassigned", 1)):
        yield from _summed(
            "user_tasks",
            (
                ({"definition": _key(one), "state": state}, (taken, total - taken)[index])
                for one, taken, total in counted
            ),
        )


def _jobs(using: str, now: datetime) -> Iterator[Figure]:
    has_failed, is_suspended = Q(retries=0), Q(is_suspended=True)
    can_run = ~has_failed & ~is_suspended
    is_running = Q(lock_expiration_time__gt=now)
    is_later = Q(due_date__gt=now)
    states = {
        "failed": has_failed,
        "suspended": is_suspended & ~has_failed,
        "running": can_run & is_running,
        "later": can_run & is_later & (Q(lock_expiration_time=None) | ~is_running),
    }
    counts = models.Job.objects.using(using).aggregate(
        total=Count("pk"), **{name: Count("pk", filter=condition) for name, condition in states.items()}
    )
    total = counts.pop("total")
    for state, count in (*counts.items(), ("due", total - sum(counts.values()))):
        yield Figure("jobs", {"state": state}, count)
