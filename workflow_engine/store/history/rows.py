"""The history rows of one command, collected and folded before they are written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models as django_models

from workflow_engine import ids
from workflow_engine.conf import HISTORY_LEVELS
from workflow_engine.engine.history import HistoryEvent
from workflow_engine.store import tables
from workflow_engine.store.tables import Table
from workflow_engine.store.writes import Write, inserts, updates

NONE, ACTIVITY, AUDIT, FULL = range(4)  # positions in HISTORY_LEVELS
COMMON = ("process_instance_id", "root_process_instance_id", "process_definition_id", "tenant_id", "sequence")
NextSequence = Callable[[str | None], int]
TimeToLive = Callable[[str | None], int | None]


class HistoryRows:
    """Collects the rows of one command. `next_sequence` counts per root, `time_to_live` gives a definition's days."""

    def __init__(self, level: str, next_sequence: NextSequence, time_to_live: TimeToLive) -> None:
        self.level = HISTORY_LEVELS.index(level)
        self.next_sequence = next_sequence
        self.time_to_live = time_to_live
        self.latest_log: dict[str, str] = {}  # by job or external task: the last row of its log in this command
        self._inserted: dict[tuple[str, str], tuple[Table, dict[str, Any]]] = {}
        self._updated: dict[tuple[str, str], tuple[Table, dict[str, Any]]] = {}

    def insert(self, model: type[django_models.Model], event: HistoryEvent, row_id: str, **values: Any) -> None:
        table = tables.of_model(model)
        row = {
            "id": row_id,
            "process_instance_id": event.process_instance_id,
            "root_process_instance_id": event.root_process_instance_id,
            "process_definition_id": event.process_definition_id,
            "tenant_id": event.tenant_id,
            "sequence": self.next_sequence(event.root_process_instance_id),
            **values,
        }
        # The row of a process instance has no column for what its id says already.
        for name in _without(table):
            del row[name]
        self._inserted[table.name, row_id] = (table, row)

    def append(self, model: type[django_models.Model], event: HistoryEvent, near: str | None, **values: Any) -> str:
        """Inserts a row of a log, with an id of its own in the bucket of `near`; the id."""
        row_id = ids.new_id(event.root_process_instance_id or near)
        self.insert(model, event, row_id, **values)
        return row_id

    def is_new(self, model: type[django_models.Model], row_id: str) -> bool:
        """Whether the row is inserted by this command."""
        return (tables.of_model(model).name, row_id) in self._inserted

    def update(self, model: type[django_models.Model], row_id: str, **values: Any) -> None:
        table = tables.of_model(model)
        inserted = self._inserted.get((table.name, row_id))
        if inserted is not None:
            inserted[1].update(values)
        elif values:
            self._updated.setdefault((table.name, row_id), (table, {}))[1].update(values)

    def writes(self) -> list[Write]:
        changed = [(table, row_id, values) for (_, row_id), (table, values) in self._updated.items()]
        return [*inserts(self._inserted.values()), *updates(changed)]


@cache
def _without(table: Table) -> tuple[str, ...]:
    """Of what all events have, the columns that this table has not."""
    return tuple(name for name in COMMON if name not in table.by_attribute)
