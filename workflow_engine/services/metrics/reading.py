"""What all processes have counted together: sums, and sums per interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, Sum, Value

from workflow_engine.models import MeterLog, TaskMeterLog
from workflow_engine.services import operation_log
from workflow_engine.services.metrics.names import TASK_WORKERS, stored_name
from workflow_engine.services.metrics.reporting import report
from workflow_engine.services.who import name_of
from workflow_engine.store import database


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    start: datetime
    name: str
    reporter: str | None  # None: of all
    value: int


def total(name: str, *, start: datetime | None = None, end: datetime | None = None) -> int:
    """From `start` until before `end`. Includes what this process has not reported yet; others may lag METRICS_INTERVAL."""
    report()
    stored = stored_name(name)
    if stored == TASK_WORKERS:
        rows = TaskMeterLog.objects.filter(_between(start, end))
        return rows.values("assignee_hash").distinct().count()
    found = MeterLog.objects.filter(_between(start, end), name=stored).aggregate(total=Sum("value"))["total"]
    return int(found or 0)


def intervals(
    *,
    seconds: int,
    name: str | None = None,
    reporter: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    together: bool = False,
    first: int = 0,
    most: int,
) -> list[Interval]:
    """The newest first. `together` adds up what the reporters have counted."""
    report()
    rows = MeterLog.objects.filter(_between(start, end))
    if name is not None:
        rows = rows.filter(name=stored_name(name))
    if reporter is not None:
        rows = rows.filter(reporter=reporter)
    # A division of whole numbers: it cuts off what is beyond the start of the interval.
    number = ExpressionWrapper(F("milliseconds") / Value(seconds * 1000), output_field=BigIntegerField())
    grouped = ("number", "name") if together else ("number", "name", "reporter")
    found = rows.annotate(number=number).values(*grouped).annotate(total=Sum("value"))
    page = found.order_by("-number", *grouped[1:])[first : first + most]
    return [_interval(row, seconds, name) for row in page]


def delete_task_metrics(before: datetime | None, *, user: Any = None, using: str | None = None) -> int:
    """Of people who worked on tasks until before this time; None: all."""
    alias = database.alias(using)
    report()
    with transaction.atomic(using=alias):
        removed, _ = TaskMeterLog.objects.using(alias).filter(_between(None, before)).delete()
        entry = operation_log.Entry(
            operation_type="Delete",
            entity_type="TaskMetrics",
            property="timestamp",
            new_value=None if before is None else int(before.timestamp() * 1000),
        )
        operation_log.write([entry], name_of(user), alias)
    return removed


def _between(start: datetime | None, end: datetime | None) -> Q:
    condition = Q()
    if start is not None:
        condition &= Q(timestamp__gte=start)
    if end is not None:
        condition &= Q(timestamp__lt=end)
    return condition


def _interval(row: dict[str, Any], seconds: int, asked: str | None) -> Interval:
    start = datetime.fromtimestamp(row["number"] * seconds, tz=UTC)
    return Interval(start=start, name=asked or row["name"], reporter=row.get("reporter"), value=row["total"])
