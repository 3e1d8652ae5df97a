"""The engine's reading statements that are more than an equality, each with its name and purpose. Their text is the same on
PostgreSQL and SQLite but for the dialect's columns and lock clause."""

from __future__ import annotations

from functools import cache
from typing import Any

from workflow_engine import ids
from workflow_engine.engine.execution import Execution
from workflow_engine.store import tables
from workflow_engine.store.belongings import flags_sql
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.tables import StateTable

Statement = tuple[str, list[Any]]


def lock_root_of(dialect: Dialect, owner: StateTable, row_id: str) -> Statement:
    """ "lock root of": the root execution of the instance that a row belongs to, locked. One round trip finds and locks it."""
    partition = ids.partition_of(row_id)
    columns = dialect.column_list(tables.of_class(Execution))
    return _lock_root_of(owner, columns, dialect.lock_clause), [partition, partition, dialect.id_parameter(row_id)]


@cache
def _lock_root_of(owner: StateTable, columns: str, lock_clause: str) -> str:
    table = tables.of_class(Execution)
    root = f'SELECT "root_process_instance_id" FROM "{owner.name}" WHERE "partition" = %s AND "id" = %s'  # noqa: S608
    return (
        f'SELECT {columns} FROM "{table.name}"'  # noqa: S608
        f' WHERE "partition" = %s AND "id" = ({root}){lock_clause}'
    )


def execution_path(dialect: Dialect, table: StateTable, execution_id: str) -> Statement:
    """ "execution path": an execution and its ancestors up to its process instance, innermost first, and what each has."""
    parameters = [ids.partition_of(execution_id), dialect.id_parameter(execution_id)]
    return _execution_path(table, dialect.column_list(table, "path.")), parameters


@cache
def _execution_path(table: StateTable, columns: str) -> str:
    plain = ", ".join(f'e."{column.name}"' for column in table.columns)
    return (
        f'WITH RECURSIVE path AS (SELECT {plain}, 0 AS depth FROM "{table.name}" e'  # noqa: S608
        ' WHERE e."partition" = %s AND e."id" = %s'
        f' UNION ALL SELECT {plain}, path.depth + 1 FROM path JOIN "{table.name}" e'
        ' ON e."id" = path."parent_id" AND e."partition" = path."partition")'
        f" SELECT {columns}, {flags_sql('path')} FROM path ORDER BY depth"
    )
