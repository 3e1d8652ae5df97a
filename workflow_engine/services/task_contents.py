"""What services that put something to a user task share: finding the task, also an ended one, and telling that it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workflow_engine import conf, models
from workflow_engine.engine import commands as c
from workflow_engine.engine.errors import NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.command import session
from workflow_engine.services.errors import HistoryDisabled


@contextmanager
def changing(task_id: str, user: str | None, using: str) -> Iterator[models.HistoricTaskInstance]:
    """The task's row in history. A running task is locked, and its listeners hear of an update; an ended one stays as it is."""
    check_history()
    with session(using, user=user) as current:
        command = c.TouchTask(task_id=task_id)
        current.lock(command)
        # Locked, so that removing the history either sees what is added here or leaves no task to add it to.
        task = models.HistoricTaskInstance.objects.using(using).by_id(task_id).select_for_update().first()
        if task is None:
            raise NotFound(f"No task found for task id {task_id[:300]}")
        if task.end_time is None:
            current.execute(command)
        yield task


def is_history_kept() -> bool:
    return conf.current().history_level != "none"


def check_history() -> None:
    if not is_history_kept():
        raise HistoryDisabled


def belongings(task: models.HistoricTaskInstance) -> dict[str, Any]:
    """The fields of a row that belongs to the task."""
    return {
        "partition": task.partition,
        "tenant_id": task.tenant_id,
        "process_instance_id": task.process_instance_id,
        "root_process_instance_id": task.root_process_instance_id,
        "task_id": task.pk,
    }


def entry(operation_type: str, entity_type: str, task: models.HistoricTaskInstance, **more: Any) -> operation_log.Entry:
    """An entry of the user operation log about something that belongs to the task."""
    definition_id = task.process_definition_id
    return operation_log.Entry(
        operation_type=operation_type,
        entity_type=entity_type,
        category=operation_log.TASK_WORKER,
        process_definition_id=definition_id,
        process_definition_key=None if definition_id is None else definition_id.rsplit(":", 2)[0],
        process_instance_id=_text(task.process_instance_id),
        root_process_instance_id=_text(task.root_process_instance_id),
        execution_id=_text(task.execution_id),
        task_id=str(task.pk),
        tenant_id=task.tenant_id,
        **more,
    )


def _text(row_id: Any) -> str | None:
    return None if row_id is None else str(row_id)
