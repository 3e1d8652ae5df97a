"""`extend_many`: the locks of many tasks, of any instances, in three statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from workflow_engine.engine.errors import EngineError, NotFound
from workflow_engine.services.external_task.locking import check_holder, expired, lock_duration
from workflow_engine.services.observed import timed
from workflow_engine.services.visibility import is_visible
from workflow_engine.store import database, many_tasks
from workflow_engine.store.many_tasks import HeldTask
from workflow_engine.store.retry import repeating


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`milliseconds`: how long the lock lasts from now on."""

    task_id: str
    worker_id: str
    milliseconds: int
    lock_token: str | None = None


def extend_many(extensions: Sequence[Extension], *, using: str | None = None) -> list[EngineError | None]:
    """One transaction for all. Tells of each why it was refused, or None; who is refused leaves the others alone."""
    alias = database.alias(using)

    def extend() -> list[EngineError | None]:
        with transaction.atomic(using=alias):
            dialect = database.dialect(alias)
            tasks = many_tasks.lock(dialect, [one.task_id for one in extensions])
            if not tasks:
                return [_missing(one) for one in extensions]
            # After all the locks: who had to wait for one must not see the time before.
            now, until = dialect.now(), dict[str, datetime]()
            outcomes = [_extend(one, tasks.get(one.task_id), now, until) for one in extensions]
            if until:
                many_tasks.extend(dialect, until)
            return outcomes

    with timed("ExtendLocks"):
        return repeating(alias, extend)


def _extend(one: Extension, task: HeldTask | None, now: datetime, until: dict[str, datetime]) -> EngineError | None:
    if task is None or not is_visible(task):
        return _missing(one)
    try:
        duration = lock_duration(one.milliseconds, "newDuration")
        check_holder(task, one.worker_id, one.lock_token)
        if task.lock_expiration_time is None or task.lock_expiration_time <= now:
            raise expired(task)
    except EngineError as error:
        return error
    until[task.id] = now + duration
    return None


def _missing(one: Extension) -> NotFound:
    return NotFound(f"No external task found with id '{one.task_id}'.")
