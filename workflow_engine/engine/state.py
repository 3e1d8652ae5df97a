"""The rows that make up running instances, as plain mutable values.

Field names are the column names of `workflow_engine.models`; the store loads and writes them generically, by comparing
a loaded row with its snapshot. Ids are strings (UUIDv7). Times are aware datetimes. Holds no rules: see `execution.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True, eq=False)
class Execution:
    """One node of the execution tree. The process instance is the execution without `parent_id`.

    A scope execution holds variables, subscriptions and jobs of its scope; a concurrent execution is one token among several
    of its parent's scope; an event scope execution remembers a completed scope for its compensation.
    `activity_id` without `activity_instance_id` means: waiting before or after the activity (asynchronous continuation).
    """

    id: str
    process_instance_id: str
    root_process_instance_id: str
    process_definition_id: str
    parent_id: str | None = None
    super_execution_id: str | None = None  # the calling execution, on a called process instance
    business_key: str | None = None  # only on the process instance
    activity_id: str | None = None
    activity_instance_id: str | None = None
    is_active: bool = True
    is_concurrent: bool = False
    is_scope: bool = True
    is_event_scope: bool = False
    is_suspended: bool = False
    sequence_counter: int = 0
    contents: int = (
        0  # a bit for each kind of row that it owns (`execution.Contents`): nobody looks for what is not there
    )
    history_sequence: int = 0  # last sequence number given to a history row; only used on the root process instance
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Variable:
    """One variable in one scope. `value` is the engine value (see `workflow_engine.values`); the store splits it in columns."""

    id: str
    name: str
    value: Any
    process_instance_id: str | None = None  # None, as the next two: of a standalone task
    root_process_instance_id: str | None = None
    execution_id: str | None = None  # the scope; for a task-local variable the execution of the task
    task_id: str | None = None
    is_concurrent_local: bool = False
    sequence_counter: int = 0
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class TransientVariable(Variable):
    """Is known to its scope until the command is over, and no row."""


@dataclass(slots=True, kw_only=True, eq=False)
class ExternalTask:
    id: str
    topic_name: str
    process_instance_id: str
    root_process_instance_id: str
    execution_id: str
    process_definition_id: str
    process_definition_key: str
    activity_id: str
    activity_instance_id: str
    create_time: datetime
    business_key: str | None = None  # of the process instance, for filters of fetchAndLock
    priority: int = 0
    retries: int | None = None  # None: the worker has not said yet
    worker_id: str | None = None
    lock_expiration_time: datetime | None = None
    lock_token: str | None = None  # new with every fetch; fences a stale worker
    deliveries: int = 0  # since a worker or an operator last said something about it
    traceparent: str | None = None  # of the command that made it, for the worker's own trace
    error_message: str | None = None
    error_details: str | None = None
    is_suspended: bool = False
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class UserTask:
    """A standalone task, which somebody made outside of any process, has no instance, execution, definition and activity."""

    id: str
    name: str | None
    create_time: datetime
    process_instance_id: str | None = None
    root_process_instance_id: str | None = None
    execution_id: str | None = None
    process_definition_id: str | None = None
    task_definition_key: str | None = None
    activity_instance_id: str | None = None
    last_updated: datetime | None = None
    description: str | None = None
    owner: str | None = None
    assignee: str | None = None
    delegation_state: str | None = None
    due_date: datetime | None = None
    follow_up_date: datetime | None = None
    priority: int = 50
    parent_task_id: str | None = None
    has_sub_tasks: bool = False  # or had some: nobody looks for what was never there
    task_state: str = "Created"
    is_suspended: bool = False
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class IdentityLink:
    """Candidate users and groups of a user task. `type`: "candidate", "assignee", "owner" or a site's own."""

    id: str
    task_id: str
    type: str
    root_process_instance_id: str | None = None
    user_id: str | None = None
    group_id: str | None = None
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """Work for the sweeper: a timer or an asynchronous continuation.

    `handler_type` names what happens: "async-continuation", "timer-transition", "timer-intermediate-transition",
    "timer-start-event", "timer-start-event-subprocess", "timer-task-listener", "event" (asynchronous signal or message).
    `handler_configuration` is that handler's argument (activity id, or "transition-create-scope", "flow:ID" ...).
    """

    id: str
    handler_type: str
    handler_configuration: str
    create_time: datetime
    job_definition_id: str | None = None
    process_instance_id: str | None = None  # None: timer start event of a definition
    root_process_instance_id: str | None = None
    execution_id: str | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    deployment_id: str | None = None
    activity_id: str | None = None
    due_date: datetime | None = None
    repeat: str | None = None  # the cycle text of a repeating timer
    repeat_offset: int = 0  # milliseconds
    retries: int = 3
    is_exclusive: bool = True
    priority: int = 0
    exception_message: str | None = None
    exception_stacktrace: str | None = None
    failed_activity_id: str | None = None
    lock_owner: str | None = None
    lock_expiration_time: datetime | None = None
    sequence_counter: int = 1
    is_suspended: bool = False
    tenant_id: str = ""
    batch_id: str | None = None  # of a batch's jobs, which have no process instance; their handlers are the services'


@dataclass(slots=True, kw_only=True, eq=False)
class EventSubscription:
    """`event_type`: "message", "signal", "conditional", "compensate". A compensate one is a compensation record in its scope:
    `activity_id` is the handler and `configuration` the id of its event scope execution or of the compensating execution."""

    id: str
    event_type: str
    event_name: str | None
    activity_id: str
    created: datetime
    execution_id: str | None = None  # None: start event of a definition
    process_instance_id: str | None = None
    root_process_instance_id: str | None = None
    process_definition_id: str | None = None
    configuration: str | None = None
    sequence: int = 0  # order among the subscriptions of one instance
    tenant_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Incident:
    id: str
    incident_type: str  # "failedJob", "failedExternalTask" or a site's own
    incident_timestamp: datetime
    process_instance_id: str | None
    root_process_instance_id: str | None
    execution_id: str | None
    process_definition_id: str | None
    activity_id: str | None
    failed_activity_id: str | None = None
    incident_message: str | None = None
    configuration: str | None = None  # id of the job or external task
    cause_incident_id: str | None = None  # itself unless it stands for an incident of a called instance
    root_cause_incident_id: str | None = None
    job_definition_id: str | None = None
    annotation: str | None = None
    tenant_id: str = ""
