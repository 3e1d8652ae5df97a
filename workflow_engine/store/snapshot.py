"""Rows of one instance for looking at it: nothing is locked, and nothing may be written from it."""

from __future__ import annotations

from typing import Any

from workflow_engine import ids
from workflow_engine.engine import state
from workflow_engine.engine.execution import Execution
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.loader import RowLoader


class SnapshotLoader(RowLoader):
    """Reads executions and incidents of a process instance at once; calling instances one by one where asked for."""

    locks = False

    def __init__(self, dialect: Dialect, process_instance_id: str) -> None:
        super().__init__(dialect)
        self._process_instance_id = process_instance_id
        self._incidents: dict[str, list[state.Incident]] | None = None

    def executions(self, process_instance_id: str) -> list[state.Execution]:
        return [] if ids.canonical(process_instance_id) is None else super().executions(process_instance_id)

    def lock_root(self, root_id: str) -> Execution | None:
        self.locked_roots.add(root_id)
        return None

    def lock_root_of(self, row_class: type[Any], row_id: str) -> str | None:
        return None

    def incidents(self, execution_id: str) -> list[state.Incident]:
        if self._incidents is None:
            self._incidents = {}
            for row in self._of(state.Incident, "process_instance_id", self._process_instance_id):
                self._incidents.setdefault(row.execution_id, []).append(row)
        return self._incidents.get(execution_id, [])

    def dirty(self) -> Any:
        raise TypeError("A snapshot is not written.")
