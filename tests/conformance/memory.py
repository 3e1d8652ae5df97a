"""The engine on rows in memory: no Django, no database. Every command works on fresh copies, as after a restart."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from workflow_engine import ids
from workflow_engine.bpmn import parse_bpmn
from workflow_engine.bpmn.model import ProcessDefinition
from workflow_engine.engine import Engine, history, state
from workflow_engine.engine.errors import DefinitionNotFound, ModelError
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.ports import ScriptCall, ScriptOutcome
from workflow_engine.values import type_name

COLUMNS = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (
        state.Execution,
        state.Variable,
        state.ExternalTask,
        state.UserTask,
        state.IdentityLink,
        state.Job,
        state.EventSubscription,
        state.Incident,
    )
}


def table_of(row: Any) -> type:
    return state.Execution if isinstance(row, Execution) else type(row)


class Database:
    def __init__(self) -> None:
        self.tables: dict[type, dict[str, dict[str, Any]]] = {kind: {} for kind in COLUMNS}
        self.instances: dict[str, dict[str, Any]] = {}
        self.activities: dict[str, dict[str, Any]] = {}
        self.variables: dict[str, dict[str, Any]] = {}
        self.commands = 0
        self.undoing: dict[str, str] = {}

    def rows(self, kind: type, **where: Any) -> list[dict[str, Any]]:
        found = [row for row in self.tables[kind].values() if all(row[name] == value for name, value in where.items())]
        return sorted(found, key=lambda row: row["id"])

    def record(self, event: history.HistoryEvent) -> None:
        if isinstance(event, history.ProcessInstanceStarted):
            self.instances[event.process_instance_id or ""] = {
                "definition": event.process_definition_id,
                "state": "ACTIVE",
            }
        elif isinstance(event, history.ProcessInstanceEnded):
            self.instances[event.process_instance_id or ""]["state"] = event.state
        elif isinstance(event, history.ActivityStarted):
            assert event.activity_instance_id not in self.activities
            self.activities[event.activity_instance_id] = {
                "definition": event.process_definition_id,
                "instance": event.process_instance_id,
                "activity": event.activity_id,
                "type": event.activity_type,
                "state": "active",
            }
        elif isinstance(event, history.ActivityUpdated) and event.activity_id is not None:
            known = self.activities[event.activity_instance_id]
            known["definition"], known["activity"] = event.process_definition_id, event.activity_id
        elif isinstance(event, history.ActivityEnded):
            known = self.activities.get(event.activity_instance_id)
            if known is not None:
                known["state"] = "canceled" if event.canceled else "ended"
                known["activity"], known["type"] = event.activity_id, event.activity_type
        elif isinstance(event, history.CompensationRecorded) and event.execution_id is not None:
            self.undoing[event.execution_id] = event.record_id
        elif isinstance(event, history.VariableChanged):
            if event.change == "delete":
                self.variables.pop(event.variable_id, None)
            else:
                row = self.variables.setdefault(
                    event.variable_id, {"definition": event.process_definition_id, "name": event.name}
                )
                if row.setdefault("command", self.commands) == self.commands:
                    row["scope"] = event.scope_activity_instance_id
                if event.change == "migrate":
                    row["definition"] = event.process_definition_id
                row["value"] = event.value
                row["type"] = type_name(event.value)


class MemoryLoader:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.loaded: list[Any] = []

    def _rows(self, kind: type, **where: Any) -> list[Any]:
        made = []
        for row in self.database.rows(kind, **where):
            values = {name: copy.copy(value) for name, value in row.items()}
            made.append(Execution(**values) if kind is state.Execution else kind(**values))
        self.loaded.extend(made)
        return made

    def execution_path(self, execution_id: str) -> list[Any]:
        path: list[Any] = []
        current: str | None = execution_id
        while current is not None:
            found = self._rows(state.Execution, id=current)
            if not found:
                return path
            path.append(found[0])
            current = found[0].parent_id
        return path

    def executions(self, process_instance_id: str) -> list[Any]:
        return self._rows(state.Execution, process_instance_id=process_instance_id)

    def children(self, execution_id: str) -> list[Any]:
        return self._rows(state.Execution, parent_id=execution_id)

    def live_children(self, execution_id: str, *, limit: int) -> list[Any]:
        return self._rows(state.Execution, parent_id=execution_id, is_event_scope=False)[:limit]

    def count_inactive_at(self, process_instance_id: str, activity_id: str, *, excluding: Sequence[str]) -> int:
        where = {"process_instance_id": process_instance_id, "activity_id": activity_id, "is_active": False}
        return sum(1 for row in self.database.rows(state.Execution, **where) if row["id"] not in excluding)

    def sub_process_instance(self, super_execution_id: str) -> Any:
        return next(iter(self._rows(state.Execution, super_execution_id=super_execution_id)), None)

    def variables(self, execution_id: str) -> list[Any]:
        return self._rows(state.Variable, execution_id=execution_id, task_id=None)

    def task_variables(self, task_id: str) -> list[Any]:
        return self._rows(state.Variable, task_id=task_id)

    def external_tasks(self, execution_id: str) -> list[Any]:
        return self._rows(state.ExternalTask, execution_id=execution_id)

    def user_tasks(self, execution_id: str) -> list[Any]:
        return self._rows(state.UserTask, execution_id=execution_id)

    def identity_links(self, task_id: str) -> list[Any]:
        return self._rows(state.IdentityLink, task_id=task_id)

    def jobs(self, execution_id: str) -> list[Any]:
        return self._rows(state.Job, execution_id=execution_id)

    def event_subscriptions(self, execution_id: str) -> list[Any]:
        return self._rows(state.EventSubscription, execution_id=execution_id)

    def incidents(self, execution_id: str) -> list[Any]:
        return self._rows(state.Incident, execution_id=execution_id)

    def incidents_caused_by(self, incident_id: str) -> list[Any]:
        return self._rows(state.Incident, cause_incident_id=incident_id)

    def incidents_of_cause(self, configuration: str) -> list[Any]:
        return self._rows(state.Incident, configuration=configuration)

    def compensation_record_id(self, execution_id: str) -> str | None:
        return self.database.undoing.get(execution_id)

    def external_task(self, task_id: str) -> Any:
        return next(iter(self._rows(state.ExternalTask, id=task_id)), None)

    def user_task(self, task_id: str) -> Any:
        return next(iter(self._rows(state.UserTask, id=task_id)), None)

    def sub_tasks(self, task_id: str) -> list[Any]:
        return self._rows(state.UserTask, parent_task_id=task_id)

    def job(self, job_id: str) -> Any:
        return next(iter(self._rows(state.Job, id=job_id)), None)

    def event_subscription(self, subscription_id: str) -> Any:
        return next(iter(self._rows(state.EventSubscription, id=subscription_id)), None)

    def incident(self, incident_id: str) -> Any:
        return next(iter(self._rows(state.Incident, id=incident_id)), None)

    def signal_subscriptions(self, name: str, tenant_ids: Any) -> list[Any]:
        return self._rows(state.EventSubscription, event_type="signal", event_name=name)


class MemorySite:
    """Deployed definitions, a clock and the rows: `execute` runs one command as a transaction."""

    max_activities_per_command = 5000
    max_call_depth = 50
    max_multi_instance = 10_000
    default_retries = 3
    default_retry_cycle: str | None = None
    uncaught_bpmn_error = "end-execution"
    scripts_enabled = False

    def __init__(self, *, scripts: Callable[[ScriptCall], ScriptOutcome] | None = None) -> None:
        self.scripts = scripts  # the sandbox: functools.partial(scripting.run, limits=scripting.Limits())
        self.script_sources: dict[str, str] = {}  # by name of the resource
        self.database = Database()
        self.definitions: dict[str, ProcessDefinition] = {}
        self.handlers: dict[str, Any] = {}
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    # -- engine.ports.Environment -----------------------------------------------------------------

    def now(self) -> datetime:
        return self.time

    def new_id(self, root_process_instance_id: str | None) -> str:
        return ids.new_id(root_process_instance_id)

    def definition(self, process_definition_id: str) -> ProcessDefinition:
        return self.definitions[process_definition_id]

    def called_definition(self, binding: Any, key: str, **_: Any) -> ProcessDefinition:
        for definition in reversed(self.definitions.values()):
            if definition.key == key:
                return definition
        raise DefinitionNotFound(f"no processes deployed with key '{key}'")

    def handler(self, name: str) -> Any:
        return self.handlers.get(name)

    def run_script(self, call: ScriptCall) -> ScriptOutcome:
        return ScriptOutcome(failure="no scripts here") if self.scripts is None else self.scripts(call)

    def script_source(self, definition: ProcessDefinition, resource: str) -> str:
        found = self.script_sources.get(resource.removeprefix("deployment://"))
        if found is None:
            raise ModelError(f"Cannot find the script '{resource}'.")
        return found

    def current_user(self) -> str | None:
        return None

    def is_business_key_taken(self, definition: ProcessDefinition, business_key: str) -> bool:
        return False

    # -- the site ---------------------------------------------------------------------------------

    def deploy(self, xml: bytes, name: str = "model.bpmn") -> list[ProcessDefinition]:
        found = []
        for definition in parse_bpmn(xml, name).processes:
            object.__setattr__(definition, "definition_id", f"{definition.key}:1:{ids.new_id()}")
            self.definitions[definition.definition_id] = definition
            found.append(definition)
            self._subscribe_start_events(definition)
        return found

    def _subscribe_start_events(self, definition: ProcessDefinition) -> None:
        for declaration in definition.event_subscriptions:
            if (
                definition.flow_nodes[declaration.activity_id] in definition.start_events
                and declaration.name is not None
            ):
                row = state.EventSubscription(
                    id=ids.new_id(),
                    event_type=declaration.event_type,
                    event_name=declaration.name.text,
                    activity_id=declaration.activity_id,
                    created=self.time,
                    process_definition_id=definition.definition_id,
                )
                self._write(row)

    def execute(self, command: Any) -> Any:
        self.time += timedelta(milliseconds=1)
        loader, engine = self.open()
        result = engine.execute(command)
        changes = engine.changes()
        gone = {(table_of(row), row.id) for row in changes.deleted}
        for row in loader.loaded:
            # Only the object that the engine adopted carries changes; later copies of the same row are ignored.
            if (table_of(row), row.id) not in gone and engine.context.is_adopted(row):
                self._write(row)
        for row in changes.inserted:
            self._write(row)
        for kind, row_id in gone:
            self.database.tables[kind].pop(row_id, None)
        self.database.commands += 1
        for event in engine.events:
            self.database.record(event)
        return result

    def _write(self, row: Any) -> None:
        kind = table_of(row)
        self.database.tables[kind][row.id] = {name: getattr(row, name) for name in COLUMNS[kind]}

    def open(self) -> tuple[MemoryLoader, Engine]:
        loader = MemoryLoader(self.database)
        return loader, Engine(loader, self)  # type: ignore[arg-type]

    def reader(self) -> Engine:
        return self.open()[1]
