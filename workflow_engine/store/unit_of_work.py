"""One command, one transaction: the root is locked first, then the clock is read, and everything is written at the end.

Joins the caller's transaction where there is one; then an exception undoes this command only. Knows no BPMN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from workflow_engine import conf
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.history import HistoryEvent, ProcessInstanceStarted
from workflow_engine.store import database, history, instance_limits, tables
from workflow_engine.store.history import HistoryRows
from workflow_engine.store.loader import RowLoader
from workflow_engine.store.writes import Write, deletes, inserts, updates


class Changes(Protocol):
    """Rows to insert and rows to delete (`engine.state`); what changed in loaded rows is found here."""

    @property
    def inserted(self) -> list[Any]: ...
    @property
    def deleted(self) -> list[Any]: ...


class Uncounted:
    """Stands for a root that has no row."""

    history_sequence = 0


class UnitOfWork:
    def __init__(
        self, using: str | None = None, *, time_to_live: Callable[[str | None], int | None] | None = None
    ) -> None:
        self.using = database.alias(using)
        self.dialect = database.dialect(self.using)
        self.loader = RowLoader(self.dialect)
        self._time_to_live = time_to_live or (lambda definition_id: conf.current().history_time_to_live)
        self._transaction = self.dialect.transaction()
        self._roots: dict[str, Any] = {}
        self.updated: list[Any] = []  # loaded rows that the flush found changed

    def __enter__(self) -> Self:
        self._transaction.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, traceback)

    @property
    def now(self) -> datetime:
        """The database's clock, read after the root was locked; the same during the whole command."""
        if self.loader.clock is None:
            self.loader.clock = self.dialect.now()
        return self.loader.clock

    def lock_root(self, root_id: str) -> Execution | None:
        """Waits for whoever works on this root, then holds it until the transaction ends. None if it has ended."""
        return self.loader.lock_root(root_id)

    def lock_root_of(self, row_class: type[Any], row_id: str) -> str | None:
        """Finds and locks the root of the instance that a row belongs to; None if there is no such row or no instance."""
        return self.loader.lock_root_of(row_class, row_id)

    def flush(
        self,
        changes: Changes,
        events: Sequence[HistoryEvent] = (),
        more: Sequence[Write] = (),
        *,
        is_last: bool = False,
    ) -> None:
        """Writes everything; on PostgreSQL as one statement, or two if a unique constraint needs its deletes first."""
        deleted = {(type(row), row.id) for row in changes.deleted}
        inserted = [row for row in changes.inserted if (type(row), row.id) not in deleted]
        new = {(type(row), row.id) for row in changes.inserted}
        self._roots = {row.id: row for row in inserted if isinstance(row, Execution) and row.parent_id is None}
        # An instance that starts and ends within one command has no row: a row of our own counts instead.
        for event in events:
            if isinstance(event, ProcessInstanceStarted) and event.process_instance_id:
                self._roots.setdefault(event.process_instance_id, Uncounted())
        rows = HistoryRows(conf.current().history_level, self._next_sequence, self._time_to_live)
        history.record(rows, events)
        # After history, which counts its rows in the root.
        dirty = [change for change in self.loader.dirty() if (type(change[1]), change[1].id) not in deleted]
        self.updated = [row for _, row, _ in dirty]
        changed = [(table, row.id, values) for table, row, values in dirty]
        gone = [(tables.of_row(row), row.id) for row in changes.deleted if (type(row), row.id) not in new]
        added = [(table, table.values(row)) for row in inserted for table in [tables.of_row(row)]]
        writes: list[Write] = [*deletes(gone), *inserts(added), *updates(changed), *rows.writes(), *more]
        if writes:
            self.dialect.write(writes, is_last=is_last)
            instance_limits.check([*inserted, *self.updated], inserted, self.using)

    def _next_sequence(self, root_id: str | None) -> int:
        """The next number of the root's history; the locked root row counts."""
        if root_id is None:
            return 0
        if root_id not in self._roots:
            self._roots[root_id] = self.loader.lock_root(root_id) or Uncounted()
        root = self._roots[root_id]
        root.history_sequence += 1
        return int(root.history_sequence)
