"""Removes the history of tasks that belonged to no process, when their time to live is over. Shape as in `removing`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models as django_models
from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.services.history_cleanup.removing import Budget

# Everything that goes with such a task; its own row goes last.
OF_TASKS: tuple[type[django_models.Model], ...] = (
    models.HistoricVariableInstance,
    models.HistoricDetail,
    models.HistoricIdentityLink,
    models.Comment,
    models.Attachment,
    models.UserOperationLog,
)


def remove_tasks(now: datetime, limit: int, using: str) -> tuple[int, bool]:
    """How many tasks went, and whether there is more to do."""
    rows = models.HistoricTaskInstance.objects.using(using)
    budget = Budget()
    with transaction.atomic(using=using):
        due = rows.removable(now).order_by("removal_time").select_for_update(skip_locked=True)
        tasks = list(due.values_list("pk", flat=True)[:limit])
        if not tasks:
            return 0, False
        partitions = {ids.partition_of(str(task)) for task in tasks}
        where: dict[str, Any] = {"partition__in": partitions, "task_id__in": tasks, "process_instance_id__isnull": True}
        if not all(budget.remove(model._default_manager.using(using).filter(**where), using) for model in OF_TASKS):
            return 0, True
        rows.filter(partition__in=partitions, pk__in=tasks)._raw_delete(using)
    return len(tasks), len(tasks) == limit
