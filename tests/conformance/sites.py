"""The site that a walk happens on: ids that repeat, a handler that fails by chance, and a twin that loads everything."""

from __future__ import annotations

import copy
import random
from typing import Any

from tests.conformance.ledger import Ledger
from tests.conformance.memory import Database, MemoryLoader, MemorySite
from tests.conformance.models import Model
from workflow_engine.engine import Engine, history, state
from workflow_engine.engine.handlers import BpmnError

Tables = dict[type, dict[str, dict[str, Any]]]


class WalkDatabase(Database):
    """Keeps the ledger too."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()

    def record(self, event: history.HistoryEvent) -> None:
        self.ledger.record(event)
        super().record(event)


class WalkSite(MemorySite):
    def __init__(self, model: Model, luck: random.Random) -> None:
        super().__init__()
        self.database: WalkDatabase = WalkDatabase()
        self.handlers["chance"] = self._chance
        self.model = model
        self.luck = luck
        self.last_id = 0
        self.deploy(model.xml)

    def new_id(self, root_process_instance_id: str | None) -> str:
        self.last_id += 1
        return f"{self.last_id:06d}"

    def _chance(self, delegate: Any) -> None:
        """A Python handler: mostly it works, sometimes it fails, sometimes it raises a BPMN error where the model allows one."""
        fate = self.luck.random()
        if fate < 0.1:
            raise RuntimeError("bad luck")
        if fate < 0.2 and delegate.current_activity_id not in self.model.delicate | self.model.undoing:
            raise BpmnError("E1", "worse luck")
        delegate.set_variable("n", self.luck.choice((1, 5, 9)))

    def snapshot(self) -> Tables:
        tables = self.database.tables
        return {kind: {row_id: _copy(row) for row_id, row in rows.items()} for kind, rows in tables.items()}

    def twin(self) -> EagerSite:
        """The same site at the same moment."""
        other = EagerSite.__new__(EagerSite)
        other.__dict__.update(self.__dict__)
        other.database = WalkDatabase()
        other.database.tables = self.snapshot()
        other.database.instances = {key: dict(row) for key, row in self.database.instances.items()}
        other.database.undoing = dict(self.database.undoing)
        other.database.ledger.is_silent = True
        other.luck = random.Random()
        other.luck.setstate(self.luck.getstate())
        other.handlers = {"chance": other._chance}
        return other


def _copy(row: dict[str, Any]) -> dict[str, Any]:
    return {name: copy.deepcopy(value) if isinstance(value, list | dict) else value for name, value in row.items()}


class EagerSite(WalkSite):
    """Loads every row before a command begins: what the command does must not depend on what it looked at."""

    def open(self) -> tuple[MemoryLoader, Engine]:
        loader, engine = super().open()
        context = engine.context
        for instance in self.database.rows(state.Execution, parent_id=None):
            for execution in context.load_instance(instance["id"]):
                execution.contents = 255
                execution.variable_map = execution.external_task_list = execution.user_task_list = None
                execution.job_list = execution.subscription_list = execution.incident_list = None
                for owner in (context.variables.local, context.external_tasks.of, context.user_tasks.of):
                    owner(execution)
                for owner in (context.jobs.of, context.subscriptions.of, context.incidents.of):
                    owner(execution)
        return loader, engine
