"""What one command works with: loaded rows, new and deleted rows, history events and the queue of operations.

An identity map: a row is loaded once per command. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.model import Activity, ProcessDefinition
from workflow_engine.engine import history, state
from workflow_engine.engine.errors import LimitExceeded, ModelError, NotFound
from workflow_engine.engine.execution import Contents, Execution
from workflow_engine.engine.ports import Environment, Loader

if TYPE_CHECKING:
    from workflow_engine.engine.conditions import ConditionalEvents
    from workflow_engine.engine.incidents import Incidents
    from workflow_engine.engine.jobs import Jobs
    from workflow_engine.engine.lifecycle import Lifecycle
    from workflow_engine.engine.listeners import Listeners
    from workflow_engine.engine.subscriptions import Subscriptions
    from workflow_engine.engine.tasks import ExternalTasks, UserTasks
    from workflow_engine.engine.variables import Variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rows to insert and to delete; updates are found by the store, which keeps snapshots of what it loaded."""

    inserted: list[Any] = field(default_factory=list)
    deleted: list[Any] = field(default_factory=list)


class CommandContext:
    variables: Variables
    lifecycle: Lifecycle
    jobs: Jobs
    subscriptions: Subscriptions
    external_tasks: ExternalTasks
    user_tasks: UserTasks
    incidents: Incidents
    listeners: Listeners
    conditions: ConditionalEvents

    def __init__(self, loader: Loader, environment: Environment) -> None:
        self.loader = loader
        self.environment = environment
        self.events: list[history.HistoryEvent] = []
        self.queue: list[Callable[[], object]] = []
        self.is_executing = False
        self.activities_entered = 0
        self._allowance = 0
        self._executions: dict[str, Execution] = {}
        self._rows: dict[tuple[type, str], Any] = {}
        self._trees: set[str] = set()
        self._sub_instances: dict[str, Execution | None] = {}
        self._inserted: dict[tuple[type, str], Any] = {}
        self._deleted: dict[tuple[type, str], Any] = {}
        self._sequence = 0

    @property
    def now(self) -> datetime:
        return self.environment.now()

    def next_sequence(self) -> int:
        """Orders what one command creates at the same instant."""
        self._sequence += 1
        return self._sequence

    # -- executions -------------------------------------------------------------------------------

    def find_execution(self, execution_id: str) -> Execution | None:
        found = self._executions.get(execution_id)
        if found is None:
            path = [self.adopt(row) for row in self.loader.execution_path(execution_id)]
            for child, parent in pairwise(path):
                # A child that is no token of several is its parent's only live one.
                if parent.child_list is None and not (child.is_concurrent or child.is_event_scope):
                    if not parent.contents & Contents.EVENT_SCOPES:
                        parent.child_list = [child]
            found = self._executions.get(execution_id)
        return found

    def execution(self, execution_id: str) -> Execution:
        found = self.find_execution(execution_id)
        if found is None:
            raise NotFound(f"Cannot find execution '{execution_id}': it has ended or never existed.")
        return found

    def adopt(self, row: state.Execution) -> Execution:
        """Brings a loaded row to life, once."""
        known = self._executions.get(row.id)
        if known is not None:
            return known
        assert isinstance(row, Execution)
        row.context = self
        row.definition = self.environment.definition(row.process_definition_id)
        row.activity = None if row.activity_id is None else row.definition.flow_nodes.get(row.activity_id)
        row.expect()
        self._executions[row.id] = row
        return row

    def load_children(self, execution: Execution) -> list[Execution]:
        if (Execution, execution.id) in self._inserted:
            return []
        return [
            child
            for row in self.loader.children(execution.id)
            if (child := self.adopt(row)).parent_id == execution.id and not child.is_removed
        ]

    def first_live_children(self, execution: Execution) -> list[Execution]:
        """Two live children, or all if there are fewer."""
        # Those that this command removed or moved away are still in the database: they must not use up the limit.
        gone = sum(1 for known in self._executions.values() if known.is_removed or known.parent_id == execution.id)
        rows = self.loader.live_children(execution.id, limit=gone + 2)
        return [
            child
            for row in rows
            if not (child := self.adopt(row)).is_removed
            and child.parent_id == execution.id
            and not child.is_event_scope
        ]

    def count_inactive_at(self, execution: Execution, activity: Activity) -> int:
        """How many tokens of the instance wait inactive at an activity: counted where they are, in rows or in memory."""
        instance_id = execution.process_instance_id
        known = [found for found in self._executions.values() if found.process_instance_id == instance_id]
        waiting = sum(
            1 for found in known if found.activity is activity and not found.is_active and not found.is_removed
        )
        if self.is_new(execution.process_instance) or instance_id in self._trees:
            return waiting
        excluding = [found.id for found in known if not self.is_new(found)]
        return waiting + self.loader.count_inactive_at(instance_id, activity.id, excluding=excluding)

    def load_instance(self, process_instance_id: str) -> list[Execution]:
        """The whole tree of one instance at once."""
        self._trees.add(process_instance_id)
        executions = [self.adopt(row) for row in self.loader.executions(process_instance_id)]
        by_parent: dict[str, list[Execution]] = {}
        for execution in executions:
            # The command may have moved or removed executions since they were read.
            if execution.parent_id is not None and not execution.is_removed:
                by_parent.setdefault(execution.parent_id, []).append(execution)
        for execution in executions:
            if execution.child_list is None:
                execution.child_list = by_parent.get(execution.id, [])
        return executions

    def load_tree(self, execution: Execution) -> None:
        """Before many executions of an instance are visited: one query instead of one for each."""
        if execution.process_instance_id not in self._trees and not self.is_new(execution.process_instance):
            self.load_instance(execution.process_instance_id)

    def sub_process_instance(self, execution: Execution) -> Execution | None:
        if execution.id not in self._sub_instances:
            row = None
            calls = execution.activity is not None and execution.activity.call is not None
            if calls and (Execution, execution.id) not in self._inserted:
                row = self.loader.sub_process_instance(execution.id)
            self._sub_instances[execution.id] = None if row is None else self.adopt(row)
        return self._sub_instances[execution.id]

    def set_sub_process_instance(self, execution: Execution, instance: Execution | None) -> None:
        self._sub_instances[execution.id] = instance

    def new_execution(
        self,
        *,
        definition: ProcessDefinition,
        process_instance_id: str | None = None,
        root_process_instance_id: str | None = None,
        tenant_id: str = "",
    ) -> Execution:
        new_id = self.environment.new_id(root_process_instance_id)
        row = Execution(
            id=new_id,
            process_instance_id=process_instance_id or new_id,
            root_process_instance_id=root_process_instance_id or new_id,
            process_definition_id=definition.definition_id,
            tenant_id=tenant_id,
        )
        row.context = self
        row.definition = definition
        row.child_list = []
        row.variable_map = {}
        row.external_task_list = []
        row.user_task_list = []
        row.job_list = []
        row.subscription_list = []
        row.incident_list = []
        self._executions[row.id] = row
        self.insert(row)
        return row

    def delete_execution(self, execution: Execution) -> None:
        if not execution.is_removed:
            execution.is_removed = True
            self.delete(execution)

    def finish(self) -> None:
        """The command is over: refuses it if executions would be left without their parent."""
        for execution in self._executions.values():
            if not execution.is_removed:
                execution.note_contents()
                continue
            orphan = next((child for child in execution.child_list or () if not child.is_removed), None)
            if orphan is not None:
                raise ModelError(
                    f"The scope of '{execution.activity_id or execution.definition.key}' would end while '{orphan.activity_id}'"
                    " is still active in it.",
                    activity_id=orphan.activity_id,
                )

    # -- other rows -------------------------------------------------------------------------------

    def is_new(self, row: Any) -> bool:
        """Whether this command made the row."""
        return (type(row), row.id) in self._inserted

    def adopt_rows(self, rows: list[Any]) -> list[Any]:
        """The known objects for loaded rows; rows that this command deleted are left out."""
        result = []
        for row in rows:
            key = (type(row), row.id)
            if key not in self._deleted:
                result.append(self._rows.setdefault(key, row))
        return result

    def insert(self, row: Any) -> None:
        key = (type(row), row.id)
        self._inserted[key] = row
        if not isinstance(row, Execution):
            self._rows[key] = row

    def delete(self, row: Any) -> None:
        key = (type(row), row.id)
        if self._inserted.pop(key, None) is None:
            self._deleted[key] = row
        else:
            self._deleted.pop(key, None)

    def is_adopted(self, row: Any) -> bool:
        """Whether this very object stands for its row in this command (a row may have been read twice)."""
        if isinstance(row, Execution):
            return self._executions.get(row.id) is row
        return self._rows.get((type(row), row.id)) is row

    def is_deleted(self, row: Any) -> bool:
        return (type(row), row.id) in self._deleted

    def changes(self) -> Changes:
        return Changes(inserted=list(self._inserted.values()), deleted=list(self._deleted.values()))

    def signal_subscriptions(self, name: str, tenant_ids: tuple[str, ...] | None) -> list[state.EventSubscription]:
        """Who waits for a signal, in the database or since a moment ago."""
        found = [
            row for row in self.adopt_rows(self.loader.signal_subscriptions(name, tenant_ids)) if row.event_name == name
        ]
        known = {row.id for row in found}
        for row in self._inserted.values():
            if isinstance(row, state.EventSubscription) and row.event_type == "signal" and row.event_name == name:
                if row.id not in known and (tenant_ids is None or row.tenant_id in tenant_ids):
                    found.append(row)
        return found

    def emit(self, event: history.HistoryEvent) -> None:
        self.events.append(event)

    # -- what an execution owns -------------------------------------------------------------------

    def move_tasks(self, source: Execution, target: Execution) -> None:
        self.user_tasks.move(source, target)
        self.external_tasks.move(source, target)

    def move_activity_jobs(self, source: Execution, target: Execution) -> None:
        self.jobs.move_activity_jobs(source, target)

    def clear_execution(self, execution: Execution, *, keep_compensation: bool = False) -> None:
        """Deletes everything that waits in the execution and its variables (history keeps their last values)."""
        self.variables.discard(execution)
        self.user_tasks.remove_all(execution)
        self.external_tasks.remove_all(execution)
        self.jobs.remove_all(execution)
        self.incidents.remove_all(execution)
        self.subscriptions.remove_all(execution, keep_compensation=keep_compensation)

    # -- limits -----------------------------------------------------------------------------------

    def allow_instances(self, inner: Activity, count: int) -> None:
        """A multi-instance activity has a limit of its own: what happens once in each instance is no endless loop."""
        self._allowance += count * _size(inner)

    def count_activity(self, execution: Execution) -> None:
        self.activities_entered += 1
        limit = self.environment.max_activities_per_command + self._allowance
        if self.activities_entered > limit:
            raise LimitExceeded(
                f"Process instance '{execution.process_instance_id}' entered more than {limit} activities in one command"
                f" without reaching a wait state; the last was '{execution.activity_id}'. Does it loop for ever?",
                activity_id=execution.activity_id,
            )


def _size(activity: Activity) -> int:
    """An activity and all that it contains."""
    return 1 + sum(_size(inner) for inner in activity.activities)
