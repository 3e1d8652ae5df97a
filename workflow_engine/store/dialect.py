"""What every database's dialect can do; the statements themselves stand in `postgresql.py` and `sqlite.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from workflow_engine import clock, ids
from workflow_engine.store.codec import Column, Convert
from workflow_engine.store.tables import StateTable, Table
from workflow_engine.store.writes import Write

Params = Sequence[Any]


class Dialect:
    """Statements on one connection. Stateless apart from that, so as cheap to make as to keep."""

    lock_clause: ClassVar[str]  # appended to a select that locks its rows
    skip_locked_clause: ClassVar[str]
    to_parameter: ClassVar[Mapping[str, Convert]]  # by kind of column
    from_column: ClassVar[Mapping[str, Convert]]

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    # -- text -----------------------------------------------------------------------------------------------------------

    @classmethod
    def column_text(cls, column: Column, prefix: str = "") -> str:
        """How a column is read."""
        raise NotImplementedError

    @classmethod
    @cache
    def column_list(cls, table: Table, prefix: str = "") -> str:
        return ", ".join(cls.column_text(column, prefix) for column in table.columns)

    def parameter(self, column: Column, value: Any) -> Any:
        """A value as a statement's parameter."""
        if value is None:
            return None
        if column.kind == "text":
            return column.check(value)
        convert = self.to_parameter.get(column.kind)
        return value if convert is None else convert(value)

    @classmethod
    def joined(cls, table: Table, alias: str, where: str) -> str:
        """Joins to each row of what stands before those few of a table that an index finds for it."""
        return f'JOIN "{table.name}" {alias} ON {where}'

    def id_parameter(self, row_id: str) -> str:
        raise NotImplementedError

    # -- reading --------------------------------------------------------------------------------------------------------

    def run(self, sql: str, params: Params) -> tuple[list[tuple[Any, ...]], int]:
        """What a statement gives, and how many rows it found or changed."""
        raise NotImplementedError

    def run_all(self, statements: Sequence[tuple[str, Params]]) -> list[tuple[list[tuple[Any, ...]], int]]:
        """Several, one after the other, sent together where that saves time."""
        return [self.run(*statement) for statement in statements]

    def fetch(self, sql: str, params: Params) -> list[tuple[Any, ...]]:
        return self.run(sql, params)[0]

    def rows(self, table: StateTable, records: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """Values by attribute of records that begin with the table's columns."""
        converters = self._converters(table)
        if not converters:
            return [dict(zip(table.attributes, record, strict=False)) for record in records]
        found = []
        for record in records:
            values = dict(zip(table.attributes, record, strict=False))
            for attribute, convert in converters:
                if values[attribute] is not None:
                    values[attribute] = convert(values[attribute])
            found.append(values)
        return found

    @classmethod
    @cache
    def _converters(cls, table: Table) -> tuple[tuple[str, Convert], ...]:
        return tuple((c.attribute, cls.from_column[c.kind]) for c in table.columns if c.kind in cls.from_column)

    def select(
        self, table: StateTable, conditions: Mapping[str, Any], *, lock: bool = False, clock: bool = False
    ) -> tuple[list[dict[str, Any]], datetime | None]:
        """Rows whose attributes equal these values, by id; with `clock` also the time of the database, if any row was found."""
        records = self.fetch(*self.select_statement(table, conditions, lock=lock, clock=clock))
        return self.rows(table, records), self.clock_of(records) if clock else None

    def select_statement(
        self, table: StateTable, conditions: Mapping[str, Any], *, lock: bool = False, clock: bool = False
    ) -> tuple[str, Params]:
        nulls = frozenset(name for name, value in conditions.items() if value is None)
        columns = table.by_attribute
        params = [self.parameter(columns[name], value) for name, value in conditions.items() if value is not None]
        return self.select_text(table, tuple(conditions), nulls, lock, clock), params

    @classmethod
    @cache
    def select_text(
        cls, table: StateTable, attributes: tuple[str, ...], nulls: frozenset[str], lock: bool, clock: bool
    ) -> str:
        """Statement "select": by equality only, so it always uses an index that a model declares for it."""
        names = [(f'"{table.by_attribute[a].name}"', a in nulls) for a in attributes]
        where = " AND ".join(f"{name} IS NULL" if is_null else f"{name} = %s" for name, is_null in names)
        tail = cls.lock_clause if lock else ""
        return f'SELECT {cls.column_list(table)}{cls.clock_column(clock)} FROM "{table.name}" WHERE {where} ORDER BY "id"{tail}'  # noqa: S608

    def select_of(
        self, table: StateTable, attribute: str, owner_ids: Sequence[str], more: Mapping[str, None]
    ) -> list[dict[str, Any]]:
        """Rows that belong to one of several owners of one partition, by id."""
        return self.rows(table, self.fetch(*self.select_of_statement(table, attribute, owner_ids, more)))

    def select_of_statement(
        self, table: StateTable, attribute: str, owner_ids: Sequence[str], more: Mapping[str, None]
    ) -> tuple[str, Params]:
        """Statement "select of"."""
        names = [table.by_attribute[name].name for name in more]
        where = "".join(f' AND "{name}" IS NULL' for name in names)
        marks = ", ".join(["%s"] * len(owner_ids))
        sql = (
            f'SELECT {self.column_list(table)} FROM "{table.name}" WHERE "partition" = %s'  # noqa: S608
            f' AND "{table.by_attribute[attribute].name}" IN ({marks}){where} ORDER BY "id"'
        )
        return sql, [ids.partition_of(owner_ids[0]), *map(self.id_parameter, owner_ids)]

    @classmethod
    def clock_column(cls, wanted: bool) -> str:
        """Lets the first read after the lock also tell the time."""
        return ""

    def clock_of(self, records: list[tuple[Any, ...]]) -> datetime | None:
        return None

    def now(self) -> datetime:
        """The time of the clock that decides."""
        return clock.now(self.connection.alias)

    # -- writing --------------------------------------------------------------------------------------------------------

    def transaction(self) -> AbstractContextManager[Any]:
        return transaction.atomic(using=self.connection.alias)

    def write(self, writes: Sequence[Write], *, is_last: bool = False) -> None:
        """Everything in as few statements as the database needs. Deletes come first.

        `is_last`: in its transaction. Then it may be sent with the commit, which so may raise what the statement says.
        """
        raise NotImplementedError
