"""Removes what is due in short transactions, each with a bounded number of rows.

What another one is removing is skipped. All that belongs to an instance tree goes, its root's own row last: a tree too
large for one transaction stays due, and the next transaction goes on with it, also after a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models as django_models
from django.db import transaction

from workflow_engine import conf, ids, models
from workflow_engine.services import removal

MAX_ROWS = 5_000
OF_INSTANCES: tuple[type[django_models.Model], ...] = (*removal.OF_INSTANCES, models.UserOperationLog)


class Budget:
    """How many rows this transaction may still remove."""

    def __init__(self, rows: int = MAX_ROWS) -> None:
        self.left = rows

    def remove(self, rows: django_models.QuerySet[Any], using: str) -> bool:
        """Whether all of these rows are gone."""
        if not self.left:
            return not rows.exists()
        chosen = list(rows.order_by().values_list("pk", flat=True)[: self.left])
        if chosen:
            # Nothing refers to these rows, so there is nothing to cascade to.
            rows.model._default_manager.using(using).filter(pk__in=chosen)._raw_delete(using)
        self.left -= len(chosen)
        return self.left > 0 or not rows.exists()


def remove_instances(now: datetime, limit: int, using: str, among: Collection[Any] | None = None) -> tuple[int, bool]:
    """How many process instances went, and whether there is more to do. `among`: of these roots only."""
    budget = Budget()
    with transaction.atomic(using=using):
        due = models.HistoricProcessInstance.objects.using(using).roots().removable(now).order_by("removal_time")
        if among is not None:
            due = due.filter(pk__in=among)
        roots = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        if not roots:
            return 0, False
        removed = 0
        for chosen in _by_partition(roots):
            tree = _tree(chosen, using)
            if not _remove_belongings(tree, budget, using):
                return removed, True
            own = models.HistoricProcessInstance.objects.using(using)
            partition = ids.partition_of(str(chosen[0]))
            own.filter(partition=partition, pk__in=tree)._raw_delete(using)
            removed += len(tree)
    return removed, len(roots) == limit


def remove_task_metrics(now: datetime, limit: int, using: str) -> int:
    days = conf.current().task_metrics_time_to_live
    if days is None:
        return 0
    rows = models.TaskMeterLog.objects.using(using)
    with transaction.atomic(using=using):
        due = rows.filter(timestamp__lte=now - timedelta(days=days)).order_by("timestamp")
        chosen = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        rows.filter(pk__in=chosen)._raw_delete(using)
    return len(chosen)


def _by_partition(roots: Iterable[Any]) -> list[list[Any]]:
    found: dict[int, list[Any]] = {}
    for root in roots:
        found.setdefault(ids.partition_of(str(root)), []).append(root)
    return list(found.values())


def _tree(roots: list[Any], using: str) -> list[Any]:
    """These roots of one partition, with the instances that they called."""
    instances = models.HistoricProcessInstance.objects.using(using).filter(
        partition=ids.partition_of(str(roots[0])),
        root_process_instance_id__in=roots,
        super_process_instance__isnull=False,
    )
    return [*instances.values_list("pk", flat=True), *roots]


def _remove_belongings(tree: list[Any], budget: Budget, using: str) -> bool:
    partition = ids.partition_of(str(tree[0]))
    for model in OF_INSTANCES:
        rows = model._default_manager.using(using).filter(partition=partition, process_instance_id__in=tree)
        if not budget.remove(rows, using):
            return False
    return True
