"""`give_back`: frees tasks that were locked for a worker which never got them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from workflow_engine.services import announcements
from workflow_engine.store import database, task_locks
from workflow_engine.store.retry import repeating


def give_back(locked: Sequence[tuple[str, str]], *, using: str | None = None) -> int:
    """Task ids with the lock tokens of the fetch; a task that somebody else holds by now stays as it is. The number freed."""
    alias = database.alias(using)

    def free() -> int:
        topics = set()
        count = 0
        with transaction.atomic(using=alias):
            dialect = database.dialect(alias)
            # In the order of ids, as everybody locks them.
            for task_id, lock_token in sorted(locked):
                task = task_locks.read(dialect, task_id)
                if task is not None and task.lock_token == lock_token:
                    free = {"worker_id": None, "lock_expiration_time": None, "lock_token": None}
                    # It was never delivered.
                    task_locks.change(dialect, task, **free, deliveries=max(0, task.deliveries - 1))
                    topics.add(task.topic_name)
                    count += 1
            announcements.announce_topics(alias, topics)
        return count

    return repeating(alias, free)
