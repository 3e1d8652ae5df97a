"""Everything that can be asked of running instances, in the imperative. Frozen values without behaviour.

Variables are engine values by name (see `workflow_engine.values`). Who executes a command has locked its root instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow_engine.engine.migration.plan import MigrationPlan

Variables = Mapping[str, Any]
FormFields = Mapping[str, str]  # the texts of a form as they were sent; history alone asks for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StartProcessInstance(Command):
    """Result: the state.Execution of the new process instance (possibly ended: `is_ended(execution)`)."""

    process_definition_id: str
    business_key: str | None = None
    variables: Variables = field(default_factory=dict)
    start_activity_id: str | None = None  # a message, signal or timer start event; None: the none start event
    start_instructions: tuple[ModificationInstruction, ...] = ()
    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False
    restarted_process_instance_id: str | None = None
    form_fields: FormFields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteExternalTask(Command):
    task_id: str
    worker_id: str | None  # None: the operator's completion, not checked
    variables: Variables = field(default_factory=dict)
    local_variables: Variables = field(default_factory=dict)
    lock_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailExternalTask(Command):
    """`retry_timeout` in milliseconds: the task can be fetched again after it."""

    task_id: str
    worker_id: str
    error_message: str | None = None
    error_details: str | None = None
    retries: int = 0
    retry_timeout: int = 0
    variables: Variables = field(default_factory=dict)
    local_variables: Variables = field(default_factory=dict)
    lock_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowExternalTaskError(Command):
    """A worker's BPMN error."""

    task_id: str
    worker_id: str
    error_code: str
    error_message: str | None = None
    variables: Variables = field(default_factory=dict)
    lock_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpExternalTask(Command):
    """Workers keep dropping it: no retries are left and an incident opens. Result: whether it was so, at the time of the lock."""

    task_id: str
    max_deliveries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExternalTaskRetries(Command):
    """Resolves the incident when retries rise above zero, opens one at zero."""

    task_id: str
    retries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask(Command):
    """A standalone task: it belongs to no process. `fields` as in UpdateTask. Result: the state.UserTask."""

    task_id: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    tenant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTask(Command):
    """Only of a standalone task: any other is deleted by what ends its activity."""

    task_id: str
    delete_reason: str = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """`variables` go past the task's own, which end with it; `task_variables`, as forms set them, to the nearest with the name.
    Those of a standalone task are all its own, as there is nobody else to have them."""

    task_id: str
    variables: Variables = field(default_factory=dict)
    task_variables: Variables = field(default_factory=dict)
    local_variables: Variables = field(default_factory=dict)
    form_fields: FormFields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTask(Command):
    """Sets the given fields of a user task (assignee, owner, due_date, priority, name ...) and fires its listeners."""

    task_id: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchTask(Command):
    """Something that belongs to a user task has changed: a comment or an attachment."""

    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeIdentityLink(Command):
    task_id: str
    operation: str  # "add" or "delete"
    type: str
    user_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowTaskError(Command):
    task_id: str
    error_code: str
    error_message: str | None = None
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowTaskEscalation(Command):
    task_id: str
    escalation_code: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerEventSubscription(Command):
    """A message or signal arrived for one subscription of a running instance.

    `triggered_scope_variables`: local ones of what a message begins: its boundary event's or event sub-process's scope.
    """

    subscription_id: str
    variables: Variables = field(default_factory=dict)
    local_variables: Variables = field(default_factory=dict)
    triggered_scope_variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateStartCondition(Command):
    """Whether the condition of a process's start event holds for the variables. Changes nothing."""

    process_definition_id: str
    activity_id: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowSignal(Command):
    """To every subscription of the name, or of one execution only. Starts instances of signal start events too."""

    name: str
    variables: Variables = field(default_factory=dict)
    execution_id: str | None = None
    tenant_ids: tuple[str, ...] | None = None  # None: every tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalExecution(Command):
    """Wakes an execution that waits in a receive task or the like (`execution/{id}/signal`)."""

    execution_id: str
    signal_name: str | None = None
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteJob(Command):
    """Result: nothing. An exception leaves nothing behind; then `FailJob` records it in a transaction of its own."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailJob(Command):
    """`lock_owner`: the sweeper that ran it; nothing is recorded if somebody else holds the job by now."""

    job_id: str
    message: str
    stacktrace: str
    failed_activity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetJobRetries(Command):
    job_id: str
    retries: int
    due_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables(Command):
    """Of an execution or (with `task_id`) of a user task; a standalone one has no execution."""

    execution_id: str | None
    variables: Variables = field(default_factory=dict)
    removals: tuple[str, ...] = ()
    is_local: bool = False
    task_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteProcessInstance(Command):
    """`is_external`: ends as EXTERNALLY_TERMINATED, otherwise INTERNALLY_TERMINATED."""

    process_instance_id: str
    delete_reason: str | None = None
    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False
    skip_sub_process_instances: bool = False
    is_external: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSuspension(Command):
    """Suspends or activates an instance with everything it waits for."""

    process_instance_id: str
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIncident(Command):
    """Only incidents of a site's own types; the engine's own resolve by raising retries."""

    incident_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModificationInstruction:
    """`kind`: "startBeforeActivity", "startAfterActivity", "startTransition", "cancel"."""

    kind: str
    activity_id: str | None = None
    transition_id: str | None = None
    activity_instance_id: str | None = None
    transition_instance_id: str | None = None
    ancestor_activity_instance_id: str | None = None
    cancel_current_active_activity_instances: bool = False
    variables: Variables = field(default_factory=dict)
    local_variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyProcessInstance(Command):
    process_instance_id: str
    instructions: tuple[ModificationInstruction, ...]
    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False
    is_external: bool = True  # an instance that ends by it is EXTERNALLY_TERMINATED, otherwise INTERNALLY_TERMINATED
    annotation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateProcessInstance(Command):
    """Moves a running instance to another definition. The skips are for scopes that begin or end by it."""

    process_instance_id: str
    plan: MigrationPlan
    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False
