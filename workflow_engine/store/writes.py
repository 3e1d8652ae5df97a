"""What a command wants written, as values: one `Write` is one table and one kind of change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflow_engine import ids
from workflow_engine.store.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """`rows` are values by attribute, complete (see `Table.complete`)."""

    table: Table
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Rows in which the same columns change: `rows` holds (id, values by attribute).

    All of one partition, but for what works across instances on purpose (handing out tasks).
    """

    table: Table
    attributes: tuple[str, ...]
    rows: list[tuple[str, dict[str, Any]]]

    @property
    def partition(self) -> int | None:
        """The one partition of all rows; None if they are of several."""
        found = {ids.partition_of(row_id) for row_id, _ in self.rows}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    table: Table
    partition: int
    ids: list[str]


Write = Insert | Update | Delete


def inserts(rows: Iterable[tuple[Table, dict[str, Any]]]) -> list[Insert]:
    """One insert per table, in the order in which the tables first appear."""
    found: dict[str, Insert] = {}
    for table, values in rows:
        found.setdefault(table.name, Insert(table=table, rows=[])).rows.append(table.complete(values))
    return list(found.values())


def updates(changes: Iterable[tuple[Table, str, dict[str, Any]]], *, across: bool = False) -> list[Update]:
    """One update per table, partition and set of changed columns, rows in the order of their ids; `across` partitions if asked."""
    found: dict[tuple[str, int, tuple[str, ...]], Update] = {}
    for table, row_id, values in changes:
        attributes, partition = tuple(sorted(values)), 0 if across else ids.partition_of(row_id)
        update = Update(table=table, attributes=attributes, rows=[])
        found.setdefault((table.name, partition, attributes), update).rows.append((row_id, values))
    for update in found.values():
        update.rows.sort(key=lambda row: row[0])
    return list(found.values())


def deletes(rows: Iterable[tuple[Table, str]]) -> list[Delete]:
    """One delete per table and partition."""
    found: dict[tuple[str, int], Delete] = {}
    for table, row_id in rows:
        partition = ids.partition_of(row_id)
        delete = Delete(table=table, partition=partition, ids=[])
        found.setdefault((table.name, partition), delete).ids.append(row_id)
    for delete in found.values():
        delete.ids.sort()
    return list(found.values())
