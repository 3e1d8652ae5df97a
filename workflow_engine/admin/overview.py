"""What the engine does at this moment, on the application's own page in the admin. A handful of grouped queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow_engine import clock
from workflow_engine.admin import incident, links
from workflow_engine.admin.permissions import may
from workflow_engine.admin.tenants import visible_rows
from workflow_engine.models import ExternalTask, Incident, Job, ProcessInstance, UserTask

LATE = timedelta(minutes=1)  # a job that is due for longer than that waits for a sweeper that does not come
UNFETCHED = timedelta(minutes=5)  # a task that waits for longer than that has no worker, or too few


@dataclass(frozen=True, kw_only=True)
class Tile:
    number: int
    label: str
    address: str
    is_bad: bool = False


def overview(request: HttpRequest) -> dict[str, Any]:
    """Only what this person may see."""
    now = clock.now()
    return {
        "now": now,
        "tiles": [tile for permission, make in _TILES if may(request, permission) for tile in make(request, now)],
        "groups": incident.groups(visible_rows(request, Incident.objects.causes()))
        if may(request, "view_incident")
        else [],
        "processes": _processes(request) if may(request, "view_processinstance") else [],
        "topics": _topics(request, now) if may(request, "view_externaltask") else [],
    }


def _instances(request: HttpRequest, now: datetime) -> list[Tile]:
    return [
        Tile(
            number=visible_rows(request, ProcessInstance.objects.all()).count(),
            label=_("running instances"),
            address=links.listing("processinstance"),
        )
    ]


def _incidents(request: HttpRequest, now: datetime) -> list[Tile]:
    number = visible_rows(request, Incident.objects.causes()).count()
    return [Tile(number=number, label=_("open incidents"), address=links.listing("incident"), is_bad=number > 0)]


def _tasks(request: HttpRequest, now: datetime) -> list[Tile]:
    rows = ExternalTask.objects.not_locked(now).with_retries_left().filter(is_suspended=False)
    waiting = visible_rows(request, rows).count()
    return [
        Tile(
            number=waiting,
            label=_("external tasks without a worker"),
            address=links.listing("externaltask", state="waiting"),
        )
    ]


def _jobs(request: HttpRequest, now: datetime) -> list[Tile]:
    """Due for long: then no sweeper runs, or it cannot keep up."""
    due = visible_rows(request, Job.objects.due(now))
    late = due.filter(Q(due_date__lte=now - LATE) | Q(due_date__isnull=True, create_time__lte=now - LATE)).count()
    found = [Tile(number=due.count(), label=_("jobs due now"), address=links.listing("job", state="due"))]
    if late:
        told = _("jobs overdue by more than a minute: is the sweeper running?")
        found.append(Tile(number=late, label=told, address=links.listing("job", state="due"), is_bad=True))
    return found


def _user_tasks(request: HttpRequest, now: datetime) -> list[Tile]:
    return [
        Tile(
            number=visible_rows(request, UserTask.objects.all()).count(),
            label=_("user tasks"),
            address=links.listing("usertask"),
        )
    ]


_TILES: tuple[tuple[str, Callable[[HttpRequest, datetime], list[Tile]]], ...] = (
    ("view_incident", _incidents),
    ("view_processinstance", _instances),
    ("view_externaltask", _tasks),
    ("view_job", _jobs),
    ("view_usertask", _user_tasks),
)


def _processes(request: HttpRequest) -> list[dict[str, Any]]:
    """Running instances and open incidents by process."""
    running = (
        visible_rows(request, ProcessInstance.objects.order_by())
        .values("process_definition__key", "process_definition__name")
        .annotate(running=Count("pk"))
    )
    stopped = dict(
        visible_rows(request, Incident.objects.order_by())
        .values_list("process_definition__key")
        .annotate(Count("process_instance_id", distinct=True))
    )
    found = [{**row, "stopped": stopped.get(row["process_definition__key"], 0)} for row in running]
    return sorted(found, key=lambda row: (-row["stopped"], -row["running"], row["process_definition__key"]))[:20]


def _topics(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """Waiting and held tasks by topic, and how long the oldest has waited for a worker."""
    is_free = Q(lock_expiration_time__isnull=True) | Q(lock_expiration_time__lte=now)
    waits = is_free & Q(is_suspended=False) & (Q(retries__isnull=True) | Q(retries__gt=0))
    rows = (
        visible_rows(request, ExternalTask.objects.order_by())
        .values("topic_name")
        .annotate(
            waiting=Count("pk", filter=waits),
            held=Count("pk", filter=Q(lock_expiration_time__gt=now)),
            failed=Count("pk", filter=Q(retries=0)),
            oldest=Min("create_time", filter=waits),
        )
        .order_by("oldest")[:30]
    )
    return [{**row, "is_late": row["oldest"] is not None and row["oldest"] < now - UNFETCHED} for row in rows]
