"""Many external tasks at once, of any instances: one statement each, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_engine import ids
from workflow_engine.engine import state
from workflow_engine.store import tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.writes import updates


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTask:
    """What decides about a lock. Without what the task carries, which may be large."""

    id: str
    tenant_id: str
    process_definition_id: str
    topic_name: str
    worker_id: str | None
    lock_token: str | None
    lock_expiration_time: datetime | None


def roots_of(dialect: Dialect, task_ids: Iterable[str]) -> dict[str, str]:
    """Statement "roots of tasks": by the id of each task that is there, the root of its instance. Locks nothing."""
    found = _select(dialect, ("id", "root_process_instance_id"), task_ids, "")
    return {row["id"]: row["root_process_instance_id"] for row in found}


def lock(dialect: Dialect, task_ids: Iterable[str]) -> dict[str, HeldTask]:
    """Statement "lock tasks": held until the transaction ends. In the order of their ids, as everybody locks them."""
    attributes = tuple(HeldTask.__dataclass_fields__)
    found = _select(dialect, attributes, task_ids, f' ORDER BY "id"{dialect.lock_clause}')
    return {row["id"]: HeldTask(**row) for row in found}


def extend(dialect: Dialect, until: dict[str, datetime]) -> None:
    """For tasks that are locked by this transaction."""
    table = tables.of_class(state.ExternalTask)
    changes = [(table, task_id, {"lock_expiration_time": moment}) for task_id, moment in until.items()]
    dialect.write(updates(changes, across=True))


def _select(dialect: Dialect, attributes: Sequence[str], task_ids: Iterable[str], tail: str) -> list[dict[str, Any]]:
    known = sorted({task_id for task_id in task_ids if ids.canonical(task_id) == task_id})
    if not known:
        return []
    partitions = sorted({ids.partition_of(task_id) for task_id in known})
    params: list[Any]
    if dialect.connection.vendor == "postgresql":
        # As arrays, so that the text is the same for any number of them.
        where, params = '"partition" = ANY(%s::smallint[]) AND "id" = ANY(%s::uuid[])', [partitions, known]
    else:
        where = f'"partition" IN ({_marks(partitions)}) AND "id" IN ({_marks(known)})'
        params = [*partitions, *map(dialect.id_parameter, known)]
    table = tables.of_class(state.ExternalTask)
    columns = [table.by_attribute[name] for name in attributes]
    names = ", ".join(dialect.column_text(column) for column in columns)
    records = dialect.fetch(f'SELECT {names} FROM "{table.name}" WHERE {where}{tail}', params)  # noqa: S608
    converters = [dialect.from_column.get(column.kind) for column in columns]
    return [
        {
            name: value if convert is None or value is None else convert(value)
            for name, convert, value in zip(attributes, converters, record, strict=True)
        }
        for record in records
    ]


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
