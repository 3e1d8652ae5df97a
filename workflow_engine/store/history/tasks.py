"""History of user tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflow_engine import models
from workflow_engine.engine import history as events
from workflow_engine.store.history.rows import HistoryRows

TASK_COLUMNS = (
    "execution_id", "activity_instance_id", "task_definition_key", "name", "description", "owner", "assignee", "priority",
    "due_date", "follow_up_date", "parent_task_id", "task_state",
)  # fmt: skip


def task_created(rows: HistoryRows, event: events.TaskCreated) -> None:
    values = {name: getattr(event.task, name) for name in TASK_COLUMNS}
    rows.insert(models.HistoricTaskInstance, event, event.task.id, start_time=event.time, **values)


def task_updated(rows: HistoryRows, event: events.TaskUpdated) -> None:
    names = (*TASK_COLUMNS, "process_definition_id")  # migration may have moved it to another definition
    rows.update(models.HistoricTaskInstance, event.task.id, **{name: getattr(event.task, name) for name in names})


def task_ended(rows: HistoryRows, event: events.TaskEnded) -> None:
    ended: dict[str, Any] = {
        "end_time": event.time,
        "delete_reason": event.delete_reason,
        "task_state": event.task_state,
    }
    if event.process_instance_id is None and (days := rows.time_to_live(None)) is not None:
        ended["removal_time"] = event.time + timedelta(days=days)
    rows.update(models.HistoricTaskInstance, event.task_id, **ended)


def identity_link_changed(rows: HistoryRows, event: events.IdentityLinkChanged) -> None:
    rows.append(
        models.HistoricIdentityLink,
        event,
        event.task_id,
        time=event.time,
        operation_type=event.operation,
        task_id=event.task_id,
        type=event.type,
        user_id=event.user_id,
        group_id=event.group_id,
    )
