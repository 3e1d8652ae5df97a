"""`execute`: one command, one transaction. Locks the root instance of what the command names, lets the engine decide, writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workflow_engine import conf
from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.engine import Engine
from workflow_engine.engine.execution import Execution
from workflow_engine.services import announcements, hidden, operation_log, operations, starting, traces
from workflow_engine.services.observed import Observed
from workflow_engine.services.visibility import Visibility, acting_for, current
from workflow_engine.store import database, definitions
from workflow_engine.store.environment import StoreEnvironment
from workflow_engine.store.retry import repeating
from workflow_engine.store.unit_of_work import UnitOfWork

# The row that a command names, by the attribute that holds its id.
NAMED_ROWS: dict[type[c.Command], tuple[type[Any], str]] = {
    c.CompleteExternalTask: (state.ExternalTask, "task_id"),
    c.FailExternalTask: (state.ExternalTask, "task_id"),
    c.ThrowExternalTaskError: (state.ExternalTask, "task_id"),
    c.GiveUpExternalTask: (state.ExternalTask, "task_id"),
    c.SetExternalTaskRetries: (state.ExternalTask, "task_id"),
    c.DeleteTask: (state.UserTask, "task_id"),
    c.CompleteTask: (state.UserTask, "task_id"),
    c.UpdateTask: (state.UserTask, "task_id"),
    c.TouchTask: (state.UserTask, "task_id"),
    c.ChangeIdentityLink: (state.UserTask, "task_id"),
    c.ThrowTaskError: (state.UserTask, "task_id"),
    c.ThrowTaskEscalation: (state.UserTask, "task_id"),
    c.TriggerEventSubscription: (state.EventSubscription, "subscription_id"),
    c.ThrowSignal: (Execution, "execution_id"),
    c.SignalExecution: (Execution, "execution_id"),
    c.ExecuteJob: (state.Job, "job_id"),
    c.FailJob: (state.Job, "job_id"),
    c.SetJobRetries: (state.Job, "job_id"),
    c.SetVariables: (Execution, "execution_id"),
    c.DeleteProcessInstance: (Execution, "process_instance_id"),
    c.SetSuspension: (Execution, "process_instance_id"),
    c.ModifyProcessInstance: (Execution, "process_instance_id"),
    c.MigrateProcessInstance: (Execution, "process_instance_id"),
    c.ResolveIncident: (state.Incident, "incident_id"),
}
# Those that go on with the execution to which the named row belongs.
MOVING = frozenset(
    {
        c.CompleteExternalTask,
        c.ThrowExternalTaskError,
        c.CompleteTask,
        c.ThrowTaskError,
        c.TriggerEventSubscription,
        c.ExecuteJob,
    }
)


def execute(command: c.Command, *, user: str | None = None, using: str | None = None) -> Any:
    """Carries out a command for `user` (a name for history and logs) and gives its result. Raises EngineError if refused."""
    alias = database.alias(using)
    with Observed(command, user) as observed:
        return repeating(alias, lambda: _execute_once(command, user, alias, observed))


def _execute_once(command: c.Command, user: str | None, using: str, observed: Observed) -> Any:
    with session(using, user=user) as opened:
        observed.session = opened
        return opened.execute(command)


def days_to_live(process_definition_id: str | None, using: str) -> int | None:
    """How long the history of the definition's instances is kept; None: for ever."""
    default = conf.current().history_time_to_live
    if process_definition_id is None:
        return default
    days = definitions.compiled(process_definition_id, using).history_time_to_live
    return default if days is None else days


def unit_of_work(using: str) -> UnitOfWork:
    """A unit of work that knows how long the history of each definition is kept."""
    return UnitOfWork(using, time_to_live=lambda definition_id: days_to_live(definition_id, using))


class Session:
    """An engine at work within one transaction; everything is written when the `with` block of `session` ends."""

    def __init__(self, work: UnitOfWork, user: str | None, caller: Visibility | None) -> None:
        self.work = work
        self.user = user
        self.caller = caller
        self.environment = StoreEnvironment(work, user=user)
        self.engine = Engine(work.loader, self.environment)
        self.reserved_root_id: str | None = None
        self._entries: list[operation_log.Entry] = []

    def lock(self, command: c.Command) -> None:
        """Locks the root of what the command names. What does not exist is left to the engine, which says so; what the caller
        may not see does not exist for it."""
        row_class, attribute = NAMED_ROWS.get(type(command), (None, ""))
        row_id = getattr(command, attribute, None) if row_class is not None else None
        if isinstance(command, c.SetVariables) and command.task_id is not None:
            row_class, row_id = state.UserTask, command.task_id
        if row_class is not None and row_id is not None:
            self.work.loader.expects_path = type(command) in MOVING
            self.work.loader.expects_variables = bool(getattr(command, "variables", None))
            self.work.lock_root_of(row_class, row_id)
            if self.caller is not None:
                hidden.refuse(self.caller, self.work.loader, row_class, row_id, attribute)

    def execute(self, command: c.Command) -> Any:
        if isinstance(command, c.StartProcessInstance):
            return self._start(command)
        self.lock(command)
        return self.carry_out(command)

    def _start(self, command: c.StartProcessInstance) -> Any:
        if self.caller is not None:
            hidden.refuse_start(self.caller, command.process_definition_id, self.work.using)
        self.reserved_root_id = self.environment.reserved_root_id = starting.prepare(self.work, command)
        instance = self.carry_out(command)
        self.log(operations.InstanceStart(asked=command, instance=instance))
        return instance

    def carry_out(self, command: c.Command) -> Any:
        """On rows that are locked already."""
        result = self.engine.execute(command)
        self.log(command)
        return result

    def log(self, command: c.Command) -> None:
        """Also for a command that a service carries out itself."""
        if self.user is not None:
            self._entries += operations.entries(command, self.work.loader)

    def write(self) -> None:
        starting.claim_business_keys(self.work, self.engine.events, self.reserved_root_id)
        changes = self.engine.changes()
        traces.keep(changes.inserted)
        log = operation_log.inserts_of(self._entries, self.user, self.work.now) if self._entries else []
        self.work.flush(changes, self.engine.events, log, is_last=True)
        announcements.after_commit(self.work, changes, self.engine.events)


@contextmanager
def session(using: str, *, user: str | None = None) -> Iterator[Session]:
    """For services that do more than one command says. Not repeated after a conflict: that is up to the caller."""
    caller = current()
    with acting_for(None), unit_of_work(using) as work:
        opened = Session(work, user, caller)
        yield opened
        opened.write()
