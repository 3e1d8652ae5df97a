"""The engine's reading statements that are more than an equality, each with its name and purpose. Their text is the same on
PostgreSQL and SQLite but for the dialect's columns and lock clause."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from workflow_engine import ids
from workflow_engine.engine.execution import Execution
from workflow_engine.models import ProcessDefinition
from workflow_engine.store import tables
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
    root = _of_row(owner, "root_process_instance_id")
    return f'SELECT {columns} FROM "{table.name}" WHERE "partition" = %s AND "id" = {root}{lock_clause}'  # noqa: S608


def is_suspended(dialect: Dialect, process_definition_id: str) -> Statement:
    """ "is suspended": of a process definition, with the time where the database tells it."""
    table = ProcessDefinition._meta.db_table
    sql = f'SELECT "is_suspended"{dialect.clock_column(True)} FROM "{table}" WHERE "id" = %s'  # noqa: S608
    return sql, [process_definition_id]


def execution_path(dialect: Dialect, table: StateTable, execution_id: str) -> Statement:
    """ "execution path": an execution and its ancestors up to its process instance, innermost first, and what each has."""
    parameters = [ids.partition_of(execution_id), dialect.id_parameter(execution_id)]
    return _execution_path(table, dialect.column_list(table, "path."), _around(dialect, table), "%s"), parameters


def execution_path_of(dialect: Dialect, table: StateTable, owner: StateTable, row_id: str) -> Statement:
    """ "execution path of": that of the execution that a row belongs to."""
    partition = ids.partition_of(row_id)
    sql = _execution_path(
        table, dialect.column_list(table, "path."), _around(dialect, table), _of_row(owner, "execution_id")
    )
    return sql, [partition, partition, dialect.id_parameter(row_id)]


def variables_around(dialect: Dialect, table: StateTable, owner: StateTable, row_id: str) -> Statement:
    """ "variables around": those of the execution that a row belongs to, and of the root of its instance."""
    partition, parameter = ids.partition_of(row_id), dialect.id_parameter(row_id)
    return _variables_around(table, owner, dialect.column_list(table)), [partition, *([partition, parameter] * 2)]


def _around(dialect: Dialect, table: StateTable) -> str:
    return dialect.joined(table, "e", 'e."id" = path."parent_id" AND e."partition" = path."partition"')


@cache
def _of_row(owner: StateTable, column: str) -> str:
    return f'(SELECT "{column}" FROM "{owner.name}" WHERE "partition" = %s AND "id" = %s)'  # noqa: S608


@cache
def _execution_path(table: StateTable, columns: str, around: str, innermost: str) -> str:
    plain = ", ".join(f'e."{column.name}"' for column in table.columns)
    return (
        f'WITH RECURSIVE path AS (SELECT {plain}, 0 AS depth FROM "{table.name}" e'  # noqa: S608
        f' WHERE e."partition" = %s AND e."id" = {innermost}'
        f" UNION ALL SELECT {plain}, path.depth + 1 FROM path {around})"
        f" SELECT {columns} FROM path ORDER BY depth"
    )


@cache
def _variables_around(table: StateTable, owner: StateTable, columns: str) -> str:
    owners = ", ".join(_of_row(owner, name) for name in ("execution_id", "root_process_instance_id"))
    return (
        f'SELECT {columns} FROM "{table.name}"'  # noqa: S608
        f' WHERE "partition" = %s AND "execution_id" IN ({owners}) AND "task_id" IS NULL ORDER BY "id"'
    )


def live_children(dialect: Dialect, table: StateTable, execution_id: str, limit: int) -> Statement:
    """ "live children": the first tokens and scopes below an execution, without its memories of completed scopes."""
    sql = (
        f'SELECT {dialect.column_list(table)} FROM "{table.name}"'  # noqa: S608
        ' WHERE "partition" = %s AND "parent_id" = %s AND NOT "is_event_scope" ORDER BY "id" LIMIT %s'
    )
    return sql, [ids.partition_of(execution_id), dialect.id_parameter(execution_id), limit]


def count_inactive_at(
    dialect: Dialect, process_instance_id: str, activity_id: str, excluding: Sequence[str]
) -> Statement:
    """ "count inactive at": the tokens of an instance that wait at a gateway, but for those the command knows better."""
    table = tables.of_class(Execution)
    others = f' AND "id" NOT IN ({", ".join(["%s"] * len(excluding))})' if excluding else ""
    sql = (
        f'SELECT count(*) FROM "{table.name}" WHERE "partition" = %s AND "process_instance_id" = %s'  # noqa: S608
        f' AND "activity_id" = %s AND NOT "is_active"{others}'
    )
    known = [dialect.id_parameter(row_id) for row_id in (process_instance_id, *excluding)]
    return sql, [ids.partition_of(process_instance_id), known[0], activity_id, *known[1:]]
