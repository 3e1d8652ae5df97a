"""Locks of single tasks: extended by their worker, taken and given back by operators. The task's row is locked meanwhile, so
no fetch and no completion comes between a decision and its write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from workflow_engine import clock, conf, ids
from workflow_engine.engine import state
from workflow_engine.engine.errors import BadInput, LockLost, NotFound
from workflow_engine.services import announcements, operation_log
from workflow_engine.services.observed import timed
from workflow_engine.services.visibility import is_visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database, task_locks
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.retry import repeating


def lock_duration(milliseconds: int, what: str) -> timedelta:
    """The duration of a lock; BadInput if it is none that the site allows."""
    longest = conf.current().max_lock_duration
    if not 0 < milliseconds <= longest // timedelta(milliseconds=1):
        raise BadInput(
            f"The {what} is {milliseconds}: a lock must last more than 0 and at most {longest // timedelta(milliseconds=1)} ms."
        )
    return timedelta(milliseconds=milliseconds)


def extend_lock(
    task_id: str, worker_id: str, new_duration: int, *, lock_token: str | None = None, using: str | None = None
) -> None:
    """Locks a task that the worker holds for `new_duration` milliseconds from now. A lock that has expired stays expired."""
    duration = lock_duration(new_duration, "newDuration")
    alias = database.alias(using)

    def extend() -> None:
        with transaction.atomic(using=alias):
            dialect = database.dialect(alias)
            task = _find(dialect, task_id)
            check_holder(task, worker_id, lock_token)
            if not task_locks.extend(dialect, task, duration):
                raise expired(task)

    with timed("ExtendLock"):
        repeating(alias, extend)


def check_holder(task: Any, worker_id: str, lock_token: str | None) -> None:
    """LockLost if it is not this worker who holds the task."""
    if task.worker_id != worker_id:
        holder = f"it is locked by worker '{task.worker_id}'" if task.worker_id else "it is not locked"
        raise LockLost(f"Cannot extend the lock of external task '{task.id}' for worker '{worker_id}': {holder}.")
    if lock_token is not None and task.lock_token != lock_token:
        raise LockLost(
            f"Cannot extend the lock of external task '{task.id}': its lock was given to somebody else meanwhile."
        )


def expired(task: Any) -> LockLost:
    return LockLost(f"Cannot extend the lock of external task '{task.id}': it expired at {task.lock_expiration_time}.")


def lock(task_id: str, worker_id: str, milliseconds: int, *, using: str | None = None) -> None:
    """Locks one known task for a worker, if nobody else holds it."""
    duration = lock_duration(milliseconds, "lockDuration")
    if not worker_id:
        raise BadInput(f"Cannot lock external task '{task_id}': the worker id is empty.")
    alias = database.alias(using)

    def take() -> None:
        with transaction.atomic(using=alias):
            dialect = database.dialect(alias)
            task = _find(dialect, task_id)
            now = clock.now(alias)
            is_held = task.lock_expiration_time is not None and task.lock_expiration_time > now
            if is_held and task.worker_id != worker_id:
                raise LockLost(
                    f"Cannot lock external task '{task_id}' for worker '{worker_id}': it is locked by worker '{task.worker_id}'."
                )
            taken = {
                "worker_id": worker_id,
                "lock_expiration_time": now + duration,
                "lock_token": ids.new_id(task.id),
                # Whoever has it already only holds it for longer.
                "deliveries": task.deliveries + (0 if is_held else 1),
            }
            task_locks.change(dialect, task, **taken)

    repeating(alias, take)


def unlock(task_id: str, *, user: Any = None, using: str | None = None) -> None:
    """Takes the task from whoever holds it: an operator's decision."""
    free = {"worker_id": None, "lock_expiration_time": None, "lock_token": None, "deliveries": 0}
    _change(task_id, free, "Unlock", None, user=user, using=using)


def set_priority(task_id: str, priority: int, *, user: Any = None, using: str | None = None) -> None:
    _change(task_id, {"priority": priority}, "SetPriority", "priority", user=user, using=using)


def _change(
    task_id: str, values: dict[str, Any], operation: str, logged: str | None, *, user: Any, using: str | None
) -> None:
    alias = database.alias(using)

    def change() -> None:
        with transaction.atomic(using=alias):
            dialect = database.dialect(alias)
            task = _find(dialect, task_id)
            task_locks.change(dialect, task, **values)
            entry = operation_log.Entry(
                operation_type=operation,
                entity_type="ExternalTask",
                property=logged,
                org_value=None if logged is None else getattr(task, logged),
                new_value=None if logged is None else values[logged],
                process_instance_id=task.process_instance_id,
                process_definition_id=task.process_definition_id,
                external_task_id=task.id,
                tenant_id=task.tenant_id,
            )
            operation_log.write([entry], name_of(user), alias)
            announcements.announce_topics(alias, {task.topic_name})

    repeating(alias, change)


def _find(dialect: Dialect, task_id: str) -> state.ExternalTask:
    task = task_locks.read(dialect, task_id)
    if task is None or not is_visible(task):
        raise NotFound(f"No external task found with id '{task_id}'.")
    return task
