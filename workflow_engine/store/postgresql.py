"""PostgreSQL's statements. Many rows travel as one JSON document, so the text of a statement is the same for any number of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from workflow_engine import clock, ids
from workflow_engine.store import codec, prepared
from workflow_engine.store.codec import Column
from workflow_engine.store.dialect import Dialect, Params
from workflow_engine.store.tables import Table
from workflow_engine.store.transaction import Transaction, transaction_of
from workflow_engine.store.writes import Delete, Insert, Update, Write

Statement = tuple[str, list[Any]]
FEW, FEW_ROWS = 8, 4
# One for all: `json.dumps` would make one each time.
_JSON = json.JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":"))


class PostgreSQL(Dialect):
    lock_clause = " FOR UPDATE"
    skip_locked_clause = " FOR UPDATE SKIP LOCKED"
    to_parameter = codec.POSTGRESQL_TO
    from_column = codec.POSTGRESQL_FROM

    @classmethod
    def column_text(cls, column: Column, prefix: str = "") -> str:
        # As text: making UUID objects only to print them again costs more than everything else about a row.
        return f'{prefix}"{column.name}"' + ("::text" if column.kind == "uuid" else "")

    @classmethod
    def joined(cls, table: Table, alias: str, where: str) -> str:
        # The planner cannot know how few rows a recursion gives, and may rather read the whole table than look each up.
        # It takes no sub-select with an offset apart, so there it has no choice.
        return f'CROSS JOIN LATERAL (SELECT * FROM "{table.name}" {alias} WHERE {where} OFFSET 0) {alias}'  # noqa: S608

    def id_parameter(self, row_id: str) -> str:
        return row_id

    @classmethod
    def clock_column(cls, wanted: bool) -> str:
        return ", clock_timestamp()" if wanted else ""

    def now(self) -> datetime:
        return clock.shifted(self.fetch("SELECT clock_timestamp()", ())[0][0])

    def clock_of(self, records: list[tuple[Any, ...]]) -> datetime | None:
        return clock.shifted(records[0][-1]) if records else None

    def run(self, sql: str, params: Params) -> tuple[list[tuple[Any, ...]], int]:
        return self.run_all([(sql, params)])[0]

    def run_all(self, statements: Sequence[tuple[str, Params]]) -> list[tuple[list[tuple[Any, ...]], int]]:
        ours = transaction_of(self.connection)
        return prepared.run_all(self.connection, statements) if ours is None else ours.run_all(statements)

    def transaction(self) -> Transaction:
        return Transaction(self.connection)

    def write(self, writes: Sequence[Write], *, is_last: bool = False) -> None:
        """All writes as one statement of several CTEs; they see one snapshot and happen in no order of their own.

        So what must happen first for a unique constraint's sake, deletes in such a table that is also written, goes ahead.
        """
        written = {write.table.name for write in writes if not isinstance(write, Delete)}
        first: list[Statement] = []
        rest: list[Statement] = []
        for write in writes:
            goes_ahead = isinstance(write, Delete) and write.table.is_unique_beyond_id and write.table.name in written
            (first if goes_ahead else rest).extend(self._statements(write))
        statements = [self._joined(group) for group in (first, rest) if group]
        ours = transaction_of(self.connection)
        if is_last and ours is not None:
            ours.run_last(statements)
        else:
            self.run_all(statements)

    def _joined(self, statements: list[Statement]) -> Statement:
        if len(statements) == 1:
            return statements[0]
        text = joined_text(tuple([sql for sql, _ in statements]))
        return text, [param for _, params in statements for param in params]

    def _statements(self, write: Write) -> Iterator[Statement]:
        """Few rows are changed one by one: no plan for these can go wrong while a table grows."""
        if not isinstance(write, Update) or len(write.rows) > FEW:
            yield self._statement(write)
            return
        columns = [write.table.by_attribute[name] for name in write.attributes]
        text = update_one_text(write.table, write.attributes)
        for row_id, values in write.rows:
            params = [self.parameter(column, values[column.attribute]) for column in columns]
            yield text, [*params, ids.partition_of(row_id), row_id]

    def _statement(self, write: Write) -> Statement:
        if isinstance(write, Insert):
            if len(write.rows) <= FEW_ROWS:
                return insert_few_text(write.table, len(write.rows)), _values(write.table, write.rows)
            return insert_text(write.table), [self._document(write.table, write.rows)]
        if isinstance(write, Delete):
            if len(write.ids) <= FEW:
                return delete_few_text(write.table, len(write.ids)), [write.partition, *write.ids]
            return delete_text(write.table), [write.partition, array(write.ids)]
        rows = [{"id": row_id, "partition": ids.partition_of(row_id), **values} for row_id, values in write.rows]
        params = [self._document(write.table, rows), array([row_id for row_id, _ in write.rows])]
        partition = write.partition
        pinned = [] if partition is None else [partition]
        return update_text(write.table, write.attributes, partition is not None), [*params, *pinned]

    def _document(self, table: Table, rows: list[dict[str, Any]]) -> str:
        encoders, found = _encoders(table), []
        for row in rows:
            record: dict[str, Any] = {}
            for attribute, value in row.items():
                if value is not None:
                    name, encode = encoders[attribute]
                    record[name] = value if encode is None else encode(value)
            found.append(record)
        return _JSON.encode(found)


@cache
def _encoders(table: Table) -> dict[str, tuple[str, codec.Convert | None]]:
    """By attribute: the column's name, and what makes JSON of its value where that is not JSON already."""
    return {
        column.attribute: (
            column.name,
            column.check if column.kind == "text" else codec.POSTGRESQL_TO_JSON.get(column.kind),
        )
        for column in table.columns
    }


def _values(table: Table, rows: list[dict[str, Any]]) -> list[Any]:
    found: list[Any] = []
    converted = _converted(table)
    for row in rows:
        values = list(row.values())
        for position, convert in converted:
            if values[position] is not None:
                values[position] = convert(values[position])
        found += values
    return found


@cache
def _converted(table: Table) -> tuple[tuple[int, codec.Convert], ...]:
    """By position: what checks a value or makes a parameter of it, where it is not one already."""
    kinds = codec.POSTGRESQL_TO_PARAMETER
    converts = [c.check if c.kind == "text" else kinds.get(c.kind) for c in table.columns]
    return tuple((position, convert) for position, convert in enumerate(converts) if convert is not None)


def array(row_ids: Sequence[str]) -> str:
    return "{" + ",".join(row_ids) + "}"


def _typed(columns: Sequence[Column]) -> str:
    return ", ".join(f'"{column.name}" {codec.POSTGRESQL_TYPES[column.kind]}' for column in columns)


@lru_cache(maxsize=2_000)
def joined_text(statements: tuple[str, ...]) -> str:
    """Statement "write": several as one."""
    parts = ", ".join([f"w{i} AS ({sql})" for i, sql in enumerate(statements)])
    return f"WITH {parts} SELECT 1"


@cache
def insert_few_text(table: Table, count: int) -> str:
    """Statement "insert few": rows of one table from parameters, which cost the server less than a document."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join(["%s"] * len(table.columns))
    return f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([f"({marks})"] * count)}'  # noqa: S608


@cache
def insert_text(table: Table) -> str:
    """Statement "insert": rows of one table from a JSON document."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    source = f"jsonb_to_recordset(%s::jsonb) AS r({_typed(table.columns)})"
    return f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {source}'  # noqa: S608


@cache
def update_one_text(table: Table, attributes: tuple[str, ...]) -> str:
    """Statement "update one": some columns of one row."""
    changes = ", ".join(f'"{table.by_attribute[name].name}" = %s' for name in attributes)
    return f'UPDATE "{table.name}" SET {changes} WHERE "partition" = %s AND "id" = %s'  # noqa: S608


@cache
def update_text(table: Table, attributes: tuple[str, ...], is_pinned: bool) -> str:
    """Statement "update": the same columns of several rows. The array of ids tells the planner how few they are."""
    columns = [table.by_attribute[name] for name in attributes]
    changes = ", ".join(f'"{column.name}" = r."{column.name}"' for column in columns)
    source = f'jsonb_to_recordset(%s::jsonb) AS r("id" uuid, "partition" smallint, {_typed(columns)})'
    where = 't."partition" = r."partition" AND t."id" = r."id" AND t."id" = ANY(%s::uuid[])'
    where += ' AND t."partition" = %s' if is_pinned else ""
    return f'UPDATE "{table.name}" AS t SET {changes} FROM {source} WHERE {where}'  # noqa: S608


@cache
def delete_few_text(table: Table, count: int) -> str:
    """Statement "delete few": rows of one table by id. It tells how many they are, so that one plan is good for all."""
    marks = ", ".join(["%s"] * count)
    return f'DELETE FROM "{table.name}" WHERE "partition" = %s AND "id" IN ({marks})'  # noqa: S608


@cache
def delete_text(table: Table) -> str:
    """Statement "delete": rows of one table by id."""
    return f'DELETE FROM "{table.name}" WHERE "partition" = %s AND "id" = ANY(%s::uuid[])'  # noqa: S608
