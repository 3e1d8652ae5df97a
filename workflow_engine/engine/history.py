"""What happened, in the past tense: the events from which the store writes history rows and Django signals are sent.

`ActivityStarted` inserts a row, later events with the same id update it; the store folds events of one command together,
so a start and an end in one transaction are one insert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    time: datetime
    process_instance_id: str | None
    root_process_instance_id: str | None
    process_definition_id: str | None = None
    tenant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceStarted(HistoryEvent):
    business_key: str | None = None
    process_definition_key: str = ""
    start_activity_id: str | None = None
    super_process_instance_id: str | None = None
    start_user_id: str | None = None
    restarted_process_instance_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceUpdated(HistoryEvent):
    """Business key or suspension changed. `state`: "ACTIVE" or "SUSPENDED"."""

    state: str
    business_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceEnded(HistoryEvent):
    """`state`: "COMPLETED", "EXTERNALLY_TERMINATED" or "INTERNALLY_TERMINATED"."""

    state: str
    end_activity_id: str | None = None
    delete_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityStarted(HistoryEvent):
    activity_instance_id: str
    parent_activity_instance_id: str | None
    execution_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    sequence_counter: int = 0
    process_definition_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityUpdated(HistoryEvent):
    """Only what is not None changes: the task, called instance or assignee became known."""

    activity_instance_id: str
    execution_id: str | None = None
    task_id: str | None = None
    called_process_instance_id: str | None = None
    assignee: str | None = None
    parent_activity_instance_id: str | None = None
    activity_id: str | None = None  # migration moved the instance to another element
    activity_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEnded(HistoryEvent):
    """The activity is told again: below a canceled compensation an inner scope may end under the instance of its thrower,
    and Camunda's history then shows the inner one."""

    activity_instance_id: str
    execution_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    canceled: bool = False
    complete_scope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableChanged(HistoryEvent):
    """`change`: "create", "update", "delete", "migrate". `variable` keeps the values at that moment."""

    change: str
    variable_id: str
    name: str
    value: Any
    execution_id: str | None
    task_id: str | None
    scope_activity_instance_id: str | None  # the scope that the variable lives in
    activity_instance_id: str | None  # the activity that changed it
    revision: int = 0
    is_initial: bool = False  # set by the start of the instance
    user_operation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFieldSubmitted(HistoryEvent):
    """One text of a form that completed a task, or without task started the instance."""

    field_id: str
    field_value: str
    execution_id: str | None
    task_id: str | None
    activity_instance_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCreated(HistoryEvent):
    task: Any  # state.UserTask, read by the store before the command ends
    activity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUpdated(HistoryEvent):
    task: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnded(HistoryEvent):
    task_id: str
    delete_reason: str  # "completed", "deleted" or the given reason
    task_state: str = "Completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinkChanged(HistoryEvent):
    operation: str  # "add" or "delete"
    task_id: str
    type: str
    user_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(HistoryEvent):
    incident: Any  # state.Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentUpdated(HistoryEvent):
    """Migration took it along to another element or definition."""

    incident: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(HistoryEvent):
    """`resolved`: the cause was mended; otherwise the incident was deleted with its instance."""

    incident_id: str
    resolved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTaskLogged(HistoryEvent):
    """`state`: "created", "failed", "successful", "deleted"."""

    state: str
    external_task: Any  # state.ExternalTask as it was at that moment
    error_message: str | None = None
    error_details: str | None = None
    worker_id: str | None = None
    retries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLogged(HistoryEvent):
    """`state`: "created", "failed", "successful", "deleted"."""

    state: str
    job: Any  # state.Job, read by the store at the end of the command; the next two as they were at this moment
    retries: int
    due_date: datetime | None
    exception_message: str | None = None
    exception_stacktrace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRecorded(HistoryEvent):
    """A compensation record of the admin. `state`: "available", "compensating", "compensated", "discarded"."""

    record_id: str  # stays the same when the record moves to an event scope
    state: str
    activity_id: str | None = None  # what was done
    handler_activity_id: str | None = None  # what undoes it
    scope_activity_instance_id: str | None = None
    execution_id: str | None = None  # on which the handler runs, once it does
