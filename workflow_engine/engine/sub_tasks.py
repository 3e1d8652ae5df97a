"""Standalone tasks, which people make outside of any process; and sub tasks, which end with the task that they are part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound, Suspended
from workflow_engine.engine.state import UserTask

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def create(context: CommandContext, task_id: str, fields: Mapping[str, Any], tenant_id: str) -> UserTask:
    """The row; whoever asked for it tells the others."""
    values = dict(fields)
    parent_task_id = values.pop("parent_task_id", None)
    task = UserTask(
        id=task_id,
        name=values.pop("name", None),
        create_time=context.now,
        tenant_id=tenant_id,
        **values,
    )
    set_parent(context, task, parent_task_id)
    context.insert(task)
    return task


def set_parent(context: CommandContext, task: UserTask, parent_task_id: str | None) -> None:
    if parent_task_id is not None:
        if task.execution_id is not None:
            raise NotAllowed(
                f"Task '{task.id}' is part of a running process: it ends when its activity does, and not with a parent task."
            )
        parent = _parent(context, parent_task_id)
        _refuse_circle(context, task, parent)
        parent.has_sub_tasks = True
    task.parent_task_id = parent_task_id


def check_deletable(task: UserTask) -> None:
    if task.execution_id is not None:
        raise NotAllowed(f"The task {task.id} cannot be deleted because is part of a running process")


def below(context: CommandContext, task: UserTask) -> list[UserTask]:
    """All sub tasks of a task and of each other, the innermost first."""
    found: list[UserTask] = []
    level = [task]
    while level:
        level = [sub for parent in level if parent.has_sub_tasks for sub in _children(context, parent)]
        found = level + found
    return found


def _children(context: CommandContext, parent: UserTask) -> list[UserTask]:
    rows = context.adopt_rows(context.loader.sub_tasks(parent.id))
    return [row for row in rows if row.parent_task_id == parent.id]


def _parent(context: CommandContext, parent_task_id: str) -> UserTask:
    try:
        parent: UserTask = context.user_tasks.find(parent_task_id)
    except NotFound:
        raise BadInput(f"Parent task with id '{parent_task_id}' does not exist.") from None
    if parent.is_suspended:
        raise Suspended(f"Parent task with id '{parent_task_id}' is suspended.")
    return parent


def _refuse_circle(context: CommandContext, task: UserTask, parent: UserTask) -> None:
    above: UserTask | None = parent
    while above is not None:
        if above.id == task.id:
            raise BadInput(f"Task '{task.id}' cannot be a sub task of '{parent.id}', which is part of it.")
        above = None if above.parent_task_id is None else context.user_tasks.find(above.parent_task_id)
