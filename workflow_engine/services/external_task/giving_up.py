"""`give_up`: a task that workers keep dropping waits for an operator instead of being handed out once more.

Not `fetch_and_lock`'s business: it holds rows of tasks and must not wait for their instances. It only leaves such tasks alone,
and the sweeper, which looks after expired locks anyway, makes the incident, after the time in which a late worker may answer.
"""

from __future__ import annotations

from workflow_engine.engine.commands import GiveUpExternalTask
from workflow_engine.engine.errors import NotFound
from workflow_engine.services.command import session
from workflow_engine.services.observed import Observed
from workflow_engine.store import database, task_locks
from workflow_engine.store.retry import repeating


def give_up(task_id: str, max_deliveries: int, *, using: str | None = None) -> bool:
    """Opens the incident, if the task is still there, its lock has expired and it was handed out so often."""
    alias = database.alias(using)
    command = GiveUpExternalTask(task_id=task_id, max_deliveries=max_deliveries)

    def once() -> bool:
        with session(alias) as current:
            observed.session = current
            current.lock(command)
            # After the root, as everybody: no lock comes between what the engine reads and what is written.
            task_locks.read(current.work.dialect, task_id)
            return bool(current.carry_out(command))

    try:
        with Observed(command, None) as observed:
            return repeating(alias, once)
    except NotFound:
        return False  # completed or cancelled meanwhile
