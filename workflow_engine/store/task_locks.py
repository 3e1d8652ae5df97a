"""Locks of single external tasks: read with the row locked, then changed by a statement that asks the clock itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflow_engine import clock, ids
from workflow_engine.engine import state
from workflow_engine.store import codec, tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.writes import updates

_MILLISECOND = timedelta(milliseconds=1)


def read(dialect: Dialect, task_id: str) -> state.ExternalTask | None:
    """The task, held until the transaction ends: waits for whoever is fetching or completing it."""
    if ids.canonical(task_id) != task_id:
        return None
    table = tables.of_class(state.ExternalTask)
    found, _ = dialect.select(table, {"partition": ids.partition_of(task_id), "id": task_id}, lock=True)
    return table.to_row(found[0]) if found else None


def extend(dialect: Dialect, task: state.ExternalTask, duration: timedelta) -> bool:
    """Statement "extend lock": locks the task for `duration` from now, unless its lock has expired by now.

    Compares with the clock after the row was locked: an update that waited for a lock would still see the time before.
    """
    table = tables.of_class(state.ExternalTask).name
    pinned = [ids.partition_of(task.id), dialect.id_parameter(task.id)]
    where = '"partition" = %s AND "id" = %s AND "lock_expiration_time" >'
    if dialect.connection.vendor == "postgresql":
        now = clock.expression()
        sql = (
            f'UPDATE "{table}" SET "lock_expiration_time" = {now} + %s * interval \'1 millisecond\' WHERE {where} {now}'  # noqa: S608
        )
        params: list[Any] = [duration // _MILLISECOND, *pinned]
    else:
        moment = clock.now(dialect.connection.alias)
        sql = f'UPDATE "{table}" SET "lock_expiration_time" = %s WHERE {where} %s'  # noqa: S608
        params = [codec.time_to_text(moment + duration), *pinned, codec.time_to_text(moment)]
    return dialect.run(sql, params)[1] == 1


def change(dialect: Dialect, task: state.ExternalTask, **values: object) -> None:
    dialect.write(updates([(tables.of_class(state.ExternalTask), task.id, values)]))
