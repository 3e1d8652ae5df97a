"""Who did what: rows of the user operation log, written in the transaction of the operation. Append-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from workflow_engine import clock, ids, models
from workflow_engine.store import database, tables
from workflow_engine.store.writes import Insert, inserts

OPERATOR, TASK_WORKER, ADMIN = "Operator", "TaskWorker", "Admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One changed property. Ids say what it belongs to; those that do not apply stay empty."""

    operation_type: str
    entity_type: str
    property: str | None = None
    org_value: Any = None
    new_value: Any = None
    category: str = OPERATOR
    annotation: str | None = None
    deployment_id: str | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    process_instance_id: str | None = None
    root_process_instance_id: str | None = None
    execution_id: str | None = None
    task_id: str | None = None
    external_task_id: str | None = None
    job_id: str | None = None
    job_definition_id: str | None = None
    batch_id: str | None = None
    tenant_id: str = ""


# `asdict` would copy each value, which costs more than the rest of a row.
_FIELDS = tuple(field.name for field in fields(Entry))


def inserts_of(entries: Sequence[Entry], user: str | None, now: datetime) -> list[Insert]:
    """The rows of one operation. Without a user there is nobody to tell of, and nothing to write."""
    if user is None:
        return []
    table, operation_id = tables.of_model(models.UserOperationLog), ids.new_id()
    rows = []
    for entry in entries:
        near = entry.root_process_instance_id or entry.process_instance_id or entry.task_id
        values = {
            **{name: getattr(entry, name) for name in _FIELDS},
            "id": ids.new_id(near),
            "operation_id": operation_id,
            "timestamp": now,
            "user_id": user,
            "org_value": text_of(entry.org_value),
            "new_value": text_of(entry.new_value),
        }
        rows.append((table, values))
    return inserts(rows)


def write(entries: Sequence[Entry], user: str | None, using: str) -> None:
    """Writes one operation in the current transaction."""
    if user is not None and entries:
        database.dialect(using).write(inserts_of(entries, user, clock.now(using)))


def suspension(entry: Entry, is_suspended: bool, execution_date: datetime | None) -> list[Entry]:
    """Also the date, where it happens later."""
    entries = [replace(entry, property="suspensionState", new_value="suspended" if is_suspended else "active")]
    if execution_date is not None:
        entries.append(replace(entry, property="executionDate", new_value=execution_date))
    return entries


def text_of(value: Any) -> str | None:
    """As Camunda writes values into the log."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "timestamp"):
        return str(int(value.timestamp() * 1000))
    return str(value)
