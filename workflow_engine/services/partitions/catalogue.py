"""What PostgreSQL's catalogue says of the tables of history and of their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db import models as django_models

from workflow_engine import models
from workflow_engine.services.partitions.months import Month, time_of
from workflow_engine.services.partitions.refusals import PartitionError
from workflow_engine.services.removal import HISTORY

# What grows with the work. The row of the instance stands last: it goes when nothing else of its instance is left.
MODELS: tuple[type[django_models.Model], ...] = (*HISTORY, models.HistoricProcessInstance)
INSTANCES = models.HistoricProcessInstance._meta.db_table
_BOUNDS = re.compile(r"FOR VALUES FROM \((MINVALUE|'[^']+')\) TO \('([^']+)'\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`first_id` is None for the part that has no beginning; both are None for the default part, which takes what no other does."""

    table: str
    name: str
    first_id: str | None
    end_id: str | None  # not in it any more
    rows: int  # as last counted by ANALYZE; -1: never
    size: int  # bytes, with indexes

    @property
    def is_default(self) -> bool:
        return self.end_id is None

    @property
    def first(self) -> Month | None:
        return None if self.first_id is None else Month.of(time_of(self.first_id))

    @property
    def end(self) -> Month | None:
        """The month after its last."""
        return None if self.end_id is None else Month.of(time_of(self.end_id))


def tables() -> list[str]:
    return [model._meta.db_table for model in MODELS]


def check_database(using: str) -> None:
    vendor = connections[using].vendor
    if vendor != "postgresql":
        raise PartitionError(f"Only PostgreSQL splits tables by month; the database {using!r} is {vendor}.")


def is_partitioned(using: str, table: str) -> bool:
    return connections[using].vendor == "postgresql" and table in partitioned(using, [table])


def partitioned(using: str, names: list[str]) -> set[str]:
    """Those of these tables that are split."""
    sql = (
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'p' AND c.relname = ANY(%s) AND pg_table_is_visible(c.oid)"
    )
    return {name for (name,) in fetch(using, sql, [names])}


def parts_of(using: str, table: str) -> list[Part]:
    """In the order of their ids, the default part last; none if the table is not split."""
    return parts(using, [table]).get(table, [])


def parts(using: str, names: list[str], *, with_sizes: bool = True) -> dict[str, list[Part]]:
    size = "pg_total_relation_size(c.oid)" if with_sizes else "0"
    sql = (
        f"SELECT p.relname, c.relname, pg_get_expr(c.relpartbound, c.oid), c.reltuples::bigint, {size}"  # noqa: S608
        " FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE p.relkind = 'p' AND p.relname = ANY(%s) AND pg_table_is_visible(p.oid)"
    )
    found: dict[str, list[Part]] = {}
    for table, name, bounds, rows, bytes_ in fetch(using, sql, [names]):
        found.setdefault(table, []).append(_part(table, name, bounds, rows, bytes_))
    for several in found.values():
        several.sort(key=lambda part: (part.is_default, part.end_id or ""))
    return found


def _part(table: str, name: str, bounds: str, rows: int, size: int) -> Part:
    if bounds == "DEFAULT":
        return Part(table=table, name=name, first_id=None, end_id=None, rows=rows, size=size)
    known = _BOUNDS.fullmatch(bounds)
    if known is None:
        raise PartitionError(f"{name} is a part of {table} that was not made by this command: {bounds}.")
    first = None if known[1] == "MINVALUE" else known[1].strip("'")
    return Part(table=table, name=name, first_id=first, end_id=known[2], rows=rows, size=size)


def fetch(using: str, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def execute(using: str, *statements: str) -> None:
    """Statements without parameters."""
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
