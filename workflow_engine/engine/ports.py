"""What the engine asks of the outside: rows on demand, definitions, ids, time, the site's handlers. Protocols only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workflow_engine.bpmn.data import CallBinding
from workflow_engine.bpmn.model import ProcessDefinition
from workflow_engine.engine import state


class Loader(Protocol):
    """Reads rows of locked instances. Every call may be one query, so the engine asks only when a rule needs the answer.

    Lists come in creation order (by id). The loader need not cache: the engine keeps an identity map. A root instance that
    the command has not locked yet is locked by the loader before its rows are given out.
    """

    def execution_path(self, execution_id: str) -> list[state.Execution]:
        """The execution and all its ancestors up to its process instance, innermost first; [] if there is none."""
        ...

    def executions(self, process_instance_id: str) -> list[state.Execution]:
        """All executions of one process instance."""
        ...

    def children(self, execution_id: str) -> list[state.Execution]: ...
    def live_children(self, execution_id: str, *, limit: int) -> list[state.Execution]:
        """The first of its children that are no event scopes."""
        ...

    def count_inactive_at(self, process_instance_id: str, activity_id: str, *, excluding: Sequence[str]) -> int:
        """How many inactive executions of the instance are at the activity, those of `excluding` left out."""
        ...

    def sub_process_instance(self, super_execution_id: str) -> state.Execution | None: ...
    def variables(self, execution_id: str) -> list[state.Variable]:
        """Variables of the execution itself (task-local ones excluded)."""
        ...

    def task_variables(self, task_id: str) -> list[state.Variable]: ...
    def external_tasks(self, execution_id: str) -> list[state.ExternalTask]: ...
    def user_tasks(self, execution_id: str) -> list[state.UserTask]: ...
    def identity_links(self, task_id: str) -> list[state.IdentityLink]: ...
    def jobs(self, execution_id: str) -> list[state.Job]: ...
    def event_subscriptions(self, execution_id: str) -> list[state.EventSubscription]: ...
    def incidents(self, execution_id: str) -> list[state.Incident]: ...
    def incidents_caused_by(self, incident_id: str) -> list[state.Incident]: ...

    def incidents_of_cause(self, configuration: str) -> list[state.Incident]:
        """Of a job that belongs to no execution."""

    def compensation_record_id(self, execution_id: str) -> str | None:
        """The compensation record that is being undone on this execution."""
        ...

    def external_task(self, task_id: str) -> state.ExternalTask | None: ...
    def user_task(self, task_id: str) -> state.UserTask | None:
        """One that belongs to no process is locked itself."""

    def sub_tasks(self, task_id: str) -> list[state.UserTask]:
        """Of a user task; locked as well."""
        ...

    def job(self, job_id: str) -> state.Job | None: ...
    def event_subscription(self, subscription_id: str) -> state.EventSubscription | None: ...
    def incident(self, incident_id: str) -> state.Incident | None: ...

    def signal_subscriptions(self, name: str, tenant_ids: Iterable[str] | None) -> list[state.EventSubscription]:
        """All signal subscriptions of this name, of instances and of start events; `tenant_ids` None: of every tenant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerCall:
    """One call of a site's Python handler or bean. `method` is None for a plain handler (delegate)."""

    name: str
    method: str | None
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCall:
    """A script and copies of all that it may read."""

    format: str  # the language, as the model writes it
    source: str
    scopes: tuple[dict[str, Any], ...] = ()  # variables: a task's own first, then scopes from the inside outwards
    # Properties of "execution", "instance" (of the process) and, in a task listener, "task".
    subjects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScriptEffect:
    """What a script wants done: `subject` as in ScriptCall, a method such as "setVariable", its arguments."""

    subject: str
    method: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptOutcome:
    """What became of a script. With a `failure` nothing of the rest counts; before a BPMN error the effects do."""

    result: Any = None  # value of the last expression
    effects: tuple[ScriptEffect, ...] = ()
    bpmn_error: tuple[str, str | None] | None = None  # code and message
    failure: str | None = None  # a sentence for people


class Environment(Protocol):
    """Everything else: the site's settings, registry, clock and definitions."""

    max_activities_per_command: int  # above it the command stops with LimitExceeded
    max_call_depth: int
    max_multi_instance: int
    default_retries: int
    default_retry_cycle: str | None  # failedJobRetryTimeCycle of jobs whose model says nothing
    uncaught_bpmn_error: str  # "end-execution", "terminate-instance" or "incident"
    scripts_enabled: bool

    def now(self) -> datetime:
        """The database's clock, read once after the root row was locked; the same during one command."""
        ...

    def new_id(self, root_process_instance_id: str | None) -> str:
        """A new UUIDv7, in the bucket of the root; None makes a new bucket (for a new root)."""
        ...

    def definition(self, process_definition_id: str) -> ProcessDefinition: ...

    def called_definition(
        self,
        binding: CallBinding,
        key: str,
        *,
        caller: ProcessDefinition,
        version: Any,
        version_tag: Any,
        tenant_id: str,
    ) -> ProcessDefinition:
        """The definition that a call activity calls; raises engine.errors.DefinitionNotFound."""
        ...

    def handler(self, name: str) -> Any | None:
        """The site's registered handler, bean or listener of this name, or None."""
        ...

    def run_script(self, call: ScriptCall) -> ScriptOutcome:
        """Runs a script in the sandbox."""
        ...

    def script_source(self, definition: ProcessDefinition, resource: str) -> str:
        """The text of a script resource of the definition's deployment."""
        ...

    def current_user(self) -> str | None: ...

    def is_business_key_taken(self, definition: ProcessDefinition, business_key: str) -> bool: ...
