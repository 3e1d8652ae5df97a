"""User tasks: making standalone ones, taking, giving back, delegating, completing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError

from workflow_engine import ids, models
from workflow_engine.engine import commands as c
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound
from workflow_engine.engine.state import UserTask
from workflow_engine.services.command import Session, execute, session
from workflow_engine.services.errors import AlreadyExists
from workflow_engine.services.operations import TaskChange
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def create(
    fields: Mapping[str, Any],
    *,
    task_id: str | None = None,
    tenant_id: str = "",
    user: Any = None,
    using: str | None = None,
) -> str:
    """A task that belongs to no process; its id. `fields`: see `update`. An id of one's own must be a UUID."""
    alias = database.alias(using)
    # A sub task lies in its parent's partition, unless its id says otherwise.
    known = ids.new_id(ids.canonical(fields.get("parent_task_id"))) if task_id is None else ids.canonical(task_id)
    if known is None:
        raise BadInput(f"Cannot create a task with the id '{str(task_id)[:300]}': ids of this engine are UUIDs.")

    taken = AlreadyExists(f"Cannot create a task with the id '{known}': there is one already, or there was.")

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            _check_parent(current, fields)
            if task_id is not None and _is_taken(known, alias):
                raise taken
            current.execute(c.CreateTask(task_id=known, fields=fields, tenant_id=tenant_id))

    try:
        repeating(alias, run)
    except IntegrityError:
        if task_id is not None and _is_taken(known, alias):
            raise taken from None  # by somebody who was faster
        raise
    return known


def _is_taken(task_id: str, using: str) -> bool:
    kinds = (models.UserTask, models.HistoricTaskInstance)
    return any(kind.objects.using(using).by_id(task_id).exists() for kind in kinds)


def delete(task_id: str, *, user: Any = None, using: str | None = None) -> None:
    """A task that belongs to no process, with its sub tasks. Its history stays."""
    execute(c.DeleteTask(task_id=task_id), user=name_of(user), using=using)


def complete(
    task_id: str,
    *,
    variables: Mapping[str, Any] | None = None,
    local_variables: Mapping[str, Any] | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """The work is done: the process goes on."""
    command = c.CompleteTask(task_id=task_id, variables=variables or {}, local_variables=local_variables or {})
    execute(command, user=name_of(user), using=using)


def claim(task_id: str, user_id: str | None, *, user: Any = None, using: str | None = None) -> None:
    """The user takes the task, unless it is somebody else's. None gives it back."""

    def changes(task: Any) -> dict[str, Any]:
        if user_id is not None and task.assignee is not None and task.assignee != user_id:
            raise NotAllowed(f"Cannot claim task '{task_id}': it is already claimed by '{task.assignee}'.")
        return {"assignee": user_id}

    _change(task_id, "Claim", changes, user, using)


def unclaim(task_id: str, *, user: Any = None, using: str | None = None) -> None:
    _change(task_id, "Assign", lambda task: {"assignee": None}, user, using)


def set_assignee(task_id: str, user_id: str | None, *, user: Any = None, using: str | None = None) -> None:
    """Whoever has it now."""
    _change(task_id, "Assign", lambda task: {"assignee": user_id}, user, using)


def delegate(task_id: str, user_id: str | None, *, user: Any = None, using: str | None = None) -> None:
    """Lets another user do the work; the owner gets it back when it is resolved."""
    if not user_id:
        raise BadInput(f"Cannot delegate task '{task_id}': there is no user to delegate it to.")

    def changes(task: Any) -> dict[str, Any]:
        return {"delegation_state": "PENDING", "owner": task.owner or task.assignee, "assignee": user_id}

    _change(task_id, "Delegate", changes, user, using)


def resolve(
    task_id: str, *, variables: Mapping[str, Any] | None = None, user: Any = None, using: str | None = None
) -> None:
    """The delegated work is done: the task goes back to its owner."""
    alias = database.alias(using)

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            task = _locked_task(current, task_id)
            if variables:
                of_task = task_id if task.execution_id is None else None
                current.execute(c.SetVariables(execution_id=task.execution_id, task_id=of_task, variables=variables))
            change(current, task, "Resolve", {"delegation_state": "RESOLVED", "assignee": task.owner})

    repeating(alias, run)


def update(task_id: str, changes: Mapping[str, Any], *, user: Any = None, using: str | None = None) -> None:
    """Sets fields of the task: name, description, priority, due_date, follow_up_date, owner, assignee, parent_task_id ..."""
    alias = database.alias(using)

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            _check_parent(current, changes)
            change(current, _locked_task(current, task_id), "Update", changes)

    repeating(alias, run)


def set_variables(
    task_id: str,
    variables: Mapping[str, Any],
    *,
    removals: tuple[str, ...] = (),
    is_local: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    task = _find(task_id, database.alias(using))
    command = c.SetVariables(
        execution_id=None if task.execution_id is None else str(task.execution_id),
        task_id=task_id,
        variables=variables,
        removals=removals,
        is_local=is_local,
    )
    execute(command, user=name_of(user), using=using)


def _check_parent(current: Session, fields: Mapping[str, Any]) -> None:
    """What the caller may not see is no parent for it, in the words for what does not exist."""
    parent_task_id = fields.get("parent_task_id")
    if parent_task_id is not None and current.caller is not None:
        parent = current.work.loader.user_task(parent_task_id)
        if parent is None or not current.caller.sees(parent):
            raise BadInput(f"Parent task with id '{parent_task_id[:300]}' does not exist.")


def change(current: Session, task: UserTask, operation: str, changes: Mapping[str, Any]) -> None:
    """Of a locked task; the log has it under this name, with the values before and after."""
    before = {name: getattr(task, name, None) for name in changes}  # a field that no task has is refused by the engine
    current.carry_out(c.UpdateTask(task_id=task.id, changes=changes))
    current.log(TaskChange(task_id=task.id, operation=operation, before=before, after=changes))


def _change(task_id: str, operation: str, changes: Any, user: Any, using: str | None) -> None:
    """Decides with the instance locked what to change, and changes it."""
    alias = database.alias(using)

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            task = _locked_task(current, task_id)
            change(current, task, operation, changes(task))

    repeating(alias, run)


def _locked_task(current: Any, task_id: str) -> Any:
    current.lock(c.UpdateTask(task_id=task_id, changes={}))
    return current.engine.context.user_tasks.find(task_id)


def _find(task_id: str, using: str) -> models.UserTask:
    task: models.UserTask | None = models.UserTask.objects.using(using).by_id(task_id).first()
    if task is None:
        raise NotFound(f"No task found with id '{task_id}'.")
    return task
