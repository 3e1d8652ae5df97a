"""SQLite's statements. There are no round trips to save, so each write is one prepared statement that runs once per row.

Row locks do not exist: the IMMEDIATE transaction that every command runs in is the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from workflow_engine import ids
from workflow_engine.store import codec
from workflow_engine.store.codec import Column
from workflow_engine.store.dialect import Dialect, Params
from workflow_engine.store.tables import Table
from workflow_engine.store.writes import Delete, Insert, Write


class SQLite(Dialect):
    lock_clause = ""
    skip_locked_clause = ""
    to_parameter = codec.SQLITE_TO
    from_column = codec.SQLITE_FROM

    @classmethod
    def column_text(cls, column: Column, prefix: str = "") -> str:
        return f'{prefix}"{column.name}"'

    def id_parameter(self, row_id: str) -> str:
        return codec.id_to_hex(row_id)

    def _rows(self, write: Write) -> list[list[Any]]:
        """The parameters of each run."""
        if isinstance(write, Delete):
            return [[write.partition, codec.id_to_hex(row_id)] for row_id in write.ids]
        if isinstance(write, Insert):
            columns: Sequence[Column] = write.table.columns
            return [[self.parameter(c, row.get(c.attribute)) for c in columns] for row in write.rows]
        columns = [write.table.by_attribute[name] for name in write.attributes]
        return [
            [
                *(self.parameter(c, values[c.attribute]) for c in columns),
                ids.partition_of(row_id),
                codec.id_to_hex(row_id),
            ]
            for row_id, values in write.rows
        ]

    def run(self, sql: str, params: Params) -> tuple[list[tuple[Any, ...]], int]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall(), cursor.rowcount

    def write(self, writes: Sequence[Write], *, is_last: bool = False) -> None:
        with self.connection.cursor() as cursor:
            for write in sorted(writes, key=lambda write: not isinstance(write, Delete)):
                cursor.executemany(_text(write), self._rows(write))


def _text(write: Write) -> str:
    if isinstance(write, Delete):
        return delete_text(write.table)
    if isinstance(write, Insert):
        return insert_text(write.table)
    return update_text(write.table, write.attributes)


@cache
def insert_text(table: Table) -> str:
    """Statement "insert": a row of one table."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(["%s"] * len(table.columns))})'  # noqa: S608


@cache
def update_text(table: Table, attributes: tuple[str, ...]) -> str:
    """Statement "update": some columns of one row."""
    changes = ", ".join(f'"{table.by_attribute[name].name}" = %s' for name in attributes)
    return f'UPDATE "{table.name}" SET {changes} WHERE "partition" = %s AND "id" = %s'  # noqa: S608


@cache
def delete_text(table: Table) -> str:
    """Statement "delete": a row of one table by id."""
    return f'DELETE FROM "{table.name}" WHERE "partition" = %s AND "id" = %s'  # noqa: S608
