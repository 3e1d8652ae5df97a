"""Rows on demand for the engine (`engine.ports.Loader`), each loaded once per command and compared with its snapshot at the end.

Never gives out a row of an instance whose root is not locked. Knows which rows exist, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow_engine import ids, models
from workflow_engine.engine import state
from workflow_engine.engine.execution import Execution
from workflow_engine.store import statements, tables
from workflow_engine.store.belongings import Belongings
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.tables import StateTable

BATCH = 500  # owners asked for in one statement
# Rows that are locked themselves, or a fetch or a sweeper could hand them out while a command decides.
LOCKED = frozenset({state.ExternalTask, state.Job})
VARIABLES = tables.of_class(state.Variable)
IN_NO_TASK: Mapping[str, None] = {"task_id": None}


class RowLoader:
    locks = True

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._rows: dict[tuple[str, str], tuple[StateTable, Any, tuple[Any, ...]]] = {}
        self.locked_roots: set[str] = set()
        self._locked_tasks: set[str] = set()  # those that belong to no process
        self.clock: datetime | None = None  # read with the first row after the lock
        # What the command will ask for anyway, so that it comes with the lock.
        self.expects_path = False
        self.expects_variables = False
        self._belongings = Belongings(self._load_belongings)

    # -- locking --------------------------------------------------------------------------------------------------------

    def lock_root(self, root_id: str) -> Execution | None:
        """Locks the root process instance and loads it; None if it has ended. Waits for whoever holds it."""
        table = tables.of_class(Execution)
        if root_id not in self.locked_roots:
            conditions = {"partition": ids.partition_of(root_id), "id": root_id}
            found, _ = self._dialect.select(table, conditions, lock=True)
            self._locked(table, found)
        known = self._rows.get((table.name, root_id))
        return None if known is None else known[1]

    def lock_root_of(self, row_class: type[Any], row_id: str) -> str | None:
        """Locks the root of the instance that a row belongs to, in one statement; its id, or None if there is none.

        The statements behind it go over with it, and see what is there once it is locked.
        """
        if ids.canonical(row_id) != row_id:
            return None
        table, named = tables.of_class(Execution), tables.of_class(row_class)
        asked: list[tuple[str, Sequence[Any]]] = [statements.lock_root_of(self._dialect, named, row_id)]
        if named is not table:
            asked.append(self._by_id_statement(named, row_id))
            if self.expects_path:
                asked.append(statements.execution_path_of(self._dialect, table, named, row_id))
                if self.expects_variables:
                    asked.append(statements.variables_around(self._dialect, VARIABLES, named, row_id))
        answers = [records for records, _ in self._dialect.run_all(asked)]
        root_id = self._locked(table, self._dialect.rows(table, answers[0]))
        if root_id is not None and len(answers) > 1:
            self._came_along(named, answers[1])
            if len(answers) > 2:
                self._path_came_along(root_id, *answers[2:])
        return root_id

    def _by_id_statement(self, table: StateTable, row_id: str) -> tuple[str, Sequence[Any]]:
        conditions = {"partition": ids.partition_of(row_id), "id": row_id}
        is_locked = table.row_class in LOCKED
        return self._dialect.select_statement(table, conditions, lock=is_locked, clock=self.clock is None)

    def _came_along(self, table: StateTable, records: list[tuple[Any, ...]]) -> None:
        """With the lock of the root that it belongs to; anything else was read too early."""
        for values in self._dialect.rows(table, records):
            if self._adopt_locked(table, values) is not None:
                self.clock = self.clock or self._dialect.clock_of(records)

    def _path_came_along(
        self, root_id: str, path: list[tuple[Any, ...]], variables: list[tuple[Any, ...]] | None = None
    ) -> None:
        table = tables.of_class(Execution)
        found = [row for values in self._dialect.rows(table, path) if (row := self._adopt_locked(table, values))]
        if found and variables is not None:
            self._learn_variables([found[0].id, root_id], variables)

    def _learn_variables(self, owners: Sequence[str], records: list[tuple[Any, ...]]) -> None:
        """All that these executions have."""
        found = self._dialect.rows(VARIABLES, records)
        rows = [(values["execution_id"], self._adopt(VARIABLES, values)) for values in found]
        self._belongings.learn(state.Variable, list(dict.fromkeys(owners)), rows)

    def _adopt_locked(self, table: StateTable, values: dict[str, Any]) -> Any:
        """None for a row of another root: it was read before that is locked."""
        return self._adopt(table, values) if values["root_process_instance_id"] in self.locked_roots else None

    def _locked(self, table: StateTable, found: list[dict[str, Any]]) -> str | None:
        for values in found:
            self._adopt(table, values)
            self.locked_roots.add(values["id"])
            return str(values["id"])
        return None

    # -- executions -----------------------------------------------------------------------------------------------------

    def execution_path(self, execution_id: str) -> list[state.Execution]:
        table = tables.of_class(Execution)
        known = self._known_path(table, execution_id)
        if known is not None:
            return known
        if ids.canonical(execution_id) != execution_id:
            return []
        if self.locks and not self.locked_roots and self.lock_root_of(Execution, execution_id) is None:
            return []
        known = self._known_path(table, execution_id)
        if known is not None:
            return known
        path = self._load_path(table, execution_id)
        if self.locks and path and path[0].root_process_instance_id not in self.locked_roots:
            # A second tree: what was read before its lock may be outdated.
            for row in path:
                self._rows.pop((table.name, row.id), None)
            if self.lock_root(path[0].root_process_instance_id) is None:
                return []
            path = self._load_path(table, execution_id)
        return path

    def _known_path(self, table: StateTable, execution_id: str) -> list[state.Execution] | None:
        path: list[state.Execution] = []
        wanted = execution_id
        while (known := self._rows.get((table.name, wanted))) is not None:
            path.append(known[1])
            if known[1].parent_id is None:
                return path
            wanted = known[1].parent_id
        return None

    def _load_path(self, table: StateTable, execution_id: str) -> list[state.Execution]:
        asked: list[tuple[str, Sequence[Any]]] = [statements.execution_path(self._dialect, table, execution_id)]
        owners: list[str] = []
        if self.expects_variables:
            # Those of the innermost and the outermost scope; of scopes between them when somebody asks.
            owners = list(dict.fromkeys([execution_id, *self.locked_roots]))
            asked.append(self._dialect.select_of_statement(VARIABLES, "execution_id", owners, IN_NO_TASK))
        answers = self._dialect.run_all(asked)
        path = [self._adopt(table, values) for values in self._dialect.rows(table, answers[0][0])]
        if owners and path and path[0].root_process_instance_id in self.locked_roots:
            self._learn_variables(owners, answers[1][0])
        return path

    def executions(self, process_instance_id: str) -> list[state.Execution]:
        found: list[state.Execution] = self._of(Execution, "process_instance_id", process_instance_id)
        self._belongings.came_together([execution.id for execution in found])
        return found

    def children(self, execution_id: str) -> list[state.Execution]:
        found: list[state.Execution] = self._belongings.of(Execution, "parent_id", execution_id)
        self._belongings.came_together([execution.id for execution in found])
        return found

    def live_children(self, execution_id: str, *, limit: int) -> list[state.Execution]:
        table = tables.of_class(Execution)
        records = self._dialect.fetch(*statements.live_children(self._dialect, table, execution_id, limit))
        return [self._adopt(table, values) for values in self._dialect.rows(table, records)]

    def count_inactive_at(self, process_instance_id: str, activity_id: str, *, excluding: Sequence[str]) -> int:
        statement = statements.count_inactive_at(self._dialect, process_instance_id, activity_id, excluding)
        return int(self._dialect.fetch(*statement)[0][0])

    def sub_process_instance(self, super_execution_id: str) -> state.Execution | None:
        found: list[state.Execution] = self._of(Execution, "super_execution_id", super_execution_id)
        return found[0] if found else None

    # -- what belongs to an execution -----------------------------------------------------------------------------------

    def variables(self, execution_id: str) -> list[state.Variable]:
        return self._belongings.of(state.Variable, "execution_id", execution_id)

    def task_variables(self, task_id: str) -> list[state.Variable]:
        return self._of(state.Variable, "task_id", task_id)

    def external_tasks(self, execution_id: str) -> list[state.ExternalTask]:
        return self._belongings.of(state.ExternalTask, "execution_id", execution_id)

    def user_tasks(self, execution_id: str) -> list[state.UserTask]:
        return self._belongings.of(state.UserTask, "execution_id", execution_id)

    def identity_links(self, task_id: str) -> list[state.IdentityLink]:
        return self._of(state.IdentityLink, "task_id", task_id)

    def jobs(self, execution_id: str) -> list[state.Job]:
        return self._belongings.of(state.Job, "execution_id", execution_id)

    def event_subscriptions(self, execution_id: str) -> list[state.EventSubscription]:
        return self._belongings.of(state.EventSubscription, "execution_id", execution_id)

    def incidents(self, execution_id: str) -> list[state.Incident]:
        return self._belongings.of(state.Incident, "execution_id", execution_id)

    def incidents_caused_by(self, incident_id: str) -> list[state.Incident]:
        found: list[state.Incident] = self._of(state.Incident, "cause_incident_id", incident_id)
        return [row for row in found if row.id != incident_id]

    def incidents_of_cause(self, configuration: str) -> list[state.Incident]:
        return self._of(state.Incident, "configuration", configuration)

    def compensation_record_id(self, execution_id: str) -> str | None:
        records = models.CompensationRecord.objects.using(self._dialect.connection.alias).in_partition(execution_id)
        found = records.filter(execution_id=execution_id, state="compensating").values_list("id", flat=True).first()
        return None if found is None else str(found)

    # -- single rows ----------------------------------------------------------------------------------------------------

    def external_task(self, task_id: str) -> state.ExternalTask | None:
        return self._by_id(state.ExternalTask, task_id)

    def user_task(self, task_id: str) -> state.UserTask | None:
        found: state.UserTask | None = self._by_id(state.UserTask, task_id)
        is_locked = found is None or found.root_process_instance_id is not None or task_id in self._locked_tasks
        if is_locked or not self.locks:
            return found
        # There is no instance to wait for, so commands on a standalone task wait for each other at its own row.
        self._rows.pop((tables.of_class(state.UserTask).name, task_id))
        self._locked_tasks.add(task_id)
        return self._by_id(state.UserTask, task_id, lock=True)

    def sub_tasks(self, task_id: str) -> list[state.UserTask]:
        # A task may have got another parent than the one in whose partition it was made.
        rows = models.UserTask.objects.using(self._dialect.connection.alias).filter(parent_task_id=task_id)
        found = [self.user_task(str(pk)) for pk in rows.order_by("pk").values_list("pk", flat=True)]
        return [row for row in found if row is not None and row.parent_task_id == task_id]

    def job(self, job_id: str) -> state.Job | None:
        return self._by_id(state.Job, job_id)

    def event_subscription(self, subscription_id: str) -> state.EventSubscription | None:
        return self._by_id(state.EventSubscription, subscription_id)

    def incident(self, incident_id: str) -> state.Incident | None:
        return self._by_id(state.Incident, incident_id)

    def signal_subscriptions(self, name: str, tenant_ids: Iterable[str] | None) -> list[state.EventSubscription]:
        wanted = None if tenant_ids is None else set(tenant_ids)
        found = models.EventSubscription.objects.using(self._dialect.connection.alias).signals(name)
        if wanted is not None:
            found = found.filter(tenant_id__in=wanted)
        pairs = [
            (str(row), root and str(root))
            for row, root in found.order_by("id").values_list("id", "root_process_instance_id")
        ]
        # In the order of their ids, so that two signals do not lock crosswise.
        for root in sorted({root for _, root in pairs if root} - self.locked_roots):
            self.lock_root(root)
        by_partition: dict[int, list[str]] = {}
        for row_id, root in pairs:
            if not root or root in self.locked_roots:
                by_partition.setdefault(ids.partition_of(row_id), []).append(row_id)
        # Read again under the locks: somebody may have got the signal meanwhile, or have left.
        rows = [row for row_ids in by_partition.values() for row in self.by_ids(state.EventSubscription, row_ids)]
        return sorted(rows, key=lambda row: row.id)

    # -- rows and snapshots ---------------------------------------------------------------------------------------------

    def by_ids(self, row_class: type[Any], row_ids: Sequence[str]) -> list[Any]:
        """Rows of one partition, whose root is locked; executions as a family."""
        if row_class is Execution:
            self._belongings.came_together(row_ids)
        return [row for _, row in self._load_batches(row_class, "id", row_ids)]

    def _of(self, row_class: type[Any], attribute: str, owner_id: str, **more: Any) -> list[Any]:
        conditions = {"partition": ids.partition_of(owner_id), attribute: owner_id, **more}
        return self._select(tables.of_class(row_class), conditions)

    def _load_belongings(self, kind: type[Any], attribute: str, owner_ids: Sequence[str]) -> list[tuple[str, Any]]:
        more = IN_NO_TASK if kind is state.Variable else {}
        if len(owner_ids) == 1:
            return [(owner_ids[0], row) for row in self._of(kind, attribute, owner_ids[0], **more)]
        return self._load_batches(kind, attribute, owner_ids, more)

    def _load_batches(
        self, kind: type[Any], attribute: str, owner_ids: Sequence[str], more: Mapping[str, None] | None = None
    ) -> list[tuple[str, Any]]:
        """Rows whose attribute is one of these ids of one partition, each with that id."""
        table = tables.of_class(kind)
        batches = [owner_ids[start : start + BATCH] for start in range(0, len(owner_ids), BATCH)]
        found = [row for batch in batches for row in self._dialect.select_of(table, attribute, batch, more or {})]
        return [(values[attribute], self._adopt(table, values)) for values in found]

    def _by_id(self, row_class: type[Any], row_id: str, *, lock: bool = False) -> Any:
        if ids.canonical(row_id) != row_id:
            return None
        known = self.loaded(row_class, row_id)
        if known is None and not self.locked_roots and self.lock_root_of(row_class, row_id) is not None:
            known = self.loaded(row_class, row_id)
        if known is not None:
            return known
        table = tables.of_class(row_class)
        conditions = {"partition": ids.partition_of(row_id), "id": row_id}
        is_locked = lock or row_class in LOCKED
        found = self._select(table, conditions, lock=is_locked)
        root = found[0].root_process_instance_id if found else None
        if self.locks and root is not None and root not in self.locked_roots:
            self._rows.pop((table.name, row_id))
            self.lock_root(root)
            found = self._select(table, conditions, lock=is_locked)
        return found[0] if found else None

    def _select(self, table: StateTable, conditions: dict[str, Any], *, lock: bool = False) -> list[Any]:
        found, time = self._dialect.select(table, conditions, lock=lock, clock=self.clock is None)
        self.clock = self.clock or time
        return [self._adopt(table, values) for values in found]

    def _adopt(self, table: StateTable, values: dict[str, Any]) -> Any:
        key = (table.name, values["id"])
        known = self._rows.get(key)
        if known is None:
            row = table.to_row(values)
            known = self._rows[key] = (table, row, table.snapshot(row))
        return known[1]

    def loaded(self, row_class: type[Any], row_id: str) -> Any:
        """A row that this command has loaded already, or None."""
        known = self._rows.get((tables.of_class(row_class).name, row_id))
        return None if known is None else known[1]

    def dirty(self) -> Iterator[tuple[StateTable, Any, dict[str, Any]]]:
        """Loaded rows that differ from their snapshot, with the columns that do."""
        for table, row, before in self._rows.values():
            changes = table.changes(row, before)
            if changes:
                yield table, row, changes
