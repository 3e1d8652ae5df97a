"""Reading variables of scopes: what one scope holds, and what is visible from it outwards."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from workflow_engine.models import Execution, HistoricVariableInstance, UserTask, Variable


def variables_of_instance(process_instance_id: str) -> dict[str, Any]:
    """Of the process instance's own scope, also when it has just ended: then history knows."""
    held = values(Variable.objects.of_execution(process_instance_id))
    if held or Execution.objects.by_id(process_instance_id).exists():
        return held
    rows = HistoricVariableInstance.objects.for_instance(process_instance_id)
    return values(rows.filter(activity_instance_id=process_instance_id, state="CREATED"))


def local_variables(execution_id: str, names: Collection[str] | None = None) -> dict[str, Any]:
    return values(_named(Variable.objects.of_execution(execution_id), names))


def visible_variables(execution: Execution, names: Collection[str] | None = None) -> dict[str, Any]:
    """The nearest scope that holds a name counts."""
    path = _path(execution)
    rows = _named(Variable.objects.for_instance(execution.process_instance_id), names).filter(
        execution_id__in=path, task__isnull=True
    )
    nearest: dict[str, Any] = {}
    for row in sorted(rows.order_by("pk"), key=lambda row: path.index(row.execution_id), reverse=True):
        nearest[row.name] = row
    return {name: row.value for name, row in nearest.items()}


def task_local_variables(task: UserTask, names: Collection[str] | None = None) -> dict[str, Any]:
    return values(_named(Variable.objects.of_task(str(task.pk)), names))


def variables_visible_to_task(task: UserTask, names: Collection[str] | None = None) -> dict[str, Any]:
    around = {} if task.execution is None else visible_variables(task.execution, names)
    return {**around, **task_local_variables(task, names)}


def variables_of_ended_task(task_id: str) -> dict[str, Any]:
    """Those that a standalone task had at its end; its process would have kept them otherwise."""
    rows = HistoricVariableInstance.objects.in_partition(task_id).filter(process_instance__isnull=True)
    return values(rows.filter(task_id=task_id, state="CREATED"))


def values(rows: Any) -> dict[str, Any]:
    return {row.name: row.value for row in rows.order_by("pk")}


def _named(rows: Any, names: Collection[str] | None) -> Any:
    return rows if names is None else rows.filter(name__in=names)


def _path(execution: Execution) -> list[Any]:
    """The execution and its ancestors, innermost first: one query each, and few levels."""
    path = [execution.pk]
    parent_id = execution.parent_id
    while parent_id is not None:
        path.append(parent_id)
        parent_id = Execution.objects.by_id(parent_id).values_list("parent_id", flat=True).first()
    return path
