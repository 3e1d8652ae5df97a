"""Which commands of people leave an entry in the user operation log, and what it says. In Camunda's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.execution import Execution
from workflow_engine.services.operation_log import OPERATOR, TASK_WORKER, Entry
from workflow_engine.store.loader import RowLoader

# As Camunda's log calls what it does not call as its column is called.
TASK_PROPERTIES = {
    "due_date": "dueDate",
    "follow_up_date": "followUpDate",
    "delegation_state": "delegation",
    "parent_task_id": "parentTask",
}
Make = Callable[[Any, RowLoader], list[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChange(c.Command):
    """What somebody did to a task, by the service that carried it out: the engine knows only what it changed."""

    task_id: str
    operation: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStart(c.Command):
    """A start that was carried out: its instance is new, so nobody has loaded it."""

    asked: c.StartProcessInstance
    instance: Execution


def _of(row: Any) -> dict[str, Any]:
    """What a loaded row says about where it belongs; nothing if it was not found."""
    if row is None:
        return {}
    names = ("process_instance_id", "root_process_instance_id", "process_definition_id", "tenant_id")
    found = {name: getattr(row, name) for name in names if getattr(row, name, None) is not None}
    if found.get("process_definition_id"):
        found["process_definition_key"] = found["process_definition_id"].rsplit(":", 2)[0]
    return found


def _external_task_retries(command: c.SetExternalTaskRetries, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(state.ExternalTask, command.task_id))
    return [
        _entry(
            "SetExternalTaskRetries",
            "ExternalTask",
            "retries",
            command.retries,
            external_task_id=command.task_id,
            **where,
        )
    ]


def _job_retries(command: c.SetJobRetries, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(state.Job, command.job_id))
    return [_entry("SetJobRetries", "Job", "retries", command.retries, job_id=command.job_id, **where)]


def _execute_job(command: c.ExecuteJob, loader: RowLoader) -> list[Entry]:
    return [
        _entry(
            "Execute",
            "Job",
            "jobId",
            command.job_id,
            job_id=command.job_id,
            **_of(loader.loaded(state.Job, command.job_id)),
        )
    ]


def _delete(command: c.DeleteProcessInstance, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(Execution, command.process_instance_id))
    return [_entry("Delete", "ProcessInstance", "deleteReason", command.delete_reason, **where)]


def _suspension(command: c.SetSuspension, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(Execution, command.process_instance_id))
    operation, value = ("Suspend", "suspended") if command.is_suspended else ("Activate", "active")
    return [_entry(operation, "ProcessInstance", "suspensionState", value, **where)]


def _modify(command: c.ModifyProcessInstance, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(Execution, command.process_instance_id))
    return [_entry("ModifyProcessInstance", "ProcessInstance", None, None, annotation=command.annotation, **where)]


def _migrate(command: c.MigrateProcessInstance, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(Execution, command.process_instance_id))
    source, target = command.plan.source_definition_id, command.plan.target_definition_id
    return [_entry("Migrate", "ProcessInstance", "processDefinitionId", target, org_value=source, **where)]


def _variables(command: c.SetVariables, loader: RowLoader) -> list[Entry]:
    """Names only: values may be confidential."""
    task = None if command.task_id is None else loader.loaded(state.UserTask, command.task_id)
    execution = None if command.execution_id is None else loader.loaded(Execution, command.execution_id)
    where = _of(task or execution)
    where.update(execution_id=command.execution_id, task_id=command.task_id)
    where["category"] = OPERATOR if command.task_id is None else TASK_WORKER
    entries = [_entry("SetVariable", "Variable", "name", name, **where) for name in command.variables]
    return entries + [_entry("RemoveVariable", "Variable", "name", name, **where) for name in command.removals]


def _create_task(command: c.CreateTask, loader: RowLoader) -> list[Entry]:
    where = {"category": TASK_WORKER, "task_id": command.task_id, "tenant_id": command.tenant_id}
    given = {TASK_PROPERTIES.get(name, name): value for name, value in command.fields.items() if value is not None}
    if not given:
        return [_entry("Create", "Task", None, None, **where)]
    return [_entry("Create", "Task", name, value, **where) for name, value in given.items()]


def _delete_task(command: c.DeleteTask, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(state.UserTask, command.task_id))
    return [_entry("Delete", "Task", "delete", True, category=TASK_WORKER, task_id=command.task_id, **where)]


def _complete_task(command: c.CompleteTask, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(state.UserTask, command.task_id))
    return [_entry("Complete", "Task", "delete", True, category=TASK_WORKER, task_id=command.task_id, **where)]


def _change_task(command: TaskChange, loader: RowLoader) -> list[Entry]:
    """One entry for each field that has another value now; one without a property if none has."""
    where = {**_of(loader.loaded(state.UserTask, command.task_id)), "task_id": command.task_id, "category": TASK_WORKER}
    changed = [name for name in command.after if command.after[name] != command.before[name]]
    if not changed:
        return [_entry(command.operation, "Task", None, None, **where)]
    return [
        _entry(
            command.operation,
            "Task",
            TASK_PROPERTIES.get(name, name),
            command.after[name],
            org_value=command.before[name],
            **where,
        )
        for name in changed
    ]


def _identity_link(command: c.ChangeIdentityLink, loader: RowLoader) -> list[Entry]:
    """The property is the link's type."""
    where = _of(loader.loaded(state.UserTask, command.task_id))
    operation = ("Add" if command.operation == "add" else "Delete") + ("UserLink" if command.user_id else "GroupLink")
    value = command.user_id or command.group_id
    where.update(category=TASK_WORKER, task_id=command.task_id)
    return [_entry(operation, "IdentityLink", command.type, value, **where)]


def _resolve_incident(command: c.ResolveIncident, loader: RowLoader) -> list[Entry]:
    where = _of(loader.loaded(state.Incident, command.incident_id))
    return [_entry("Resolve", "ProcessInstance", "incidentId", command.incident_id, **where)]


def _entry(
    operation_type: str, entity_type: str, changed: str | None, value: Any, category: str = OPERATOR, **more: Any
) -> Entry:
    return Entry(
        operation_type=operation_type,
        entity_type=entity_type,
        property=changed,
        new_value=value,
        category=category,
        **more,
    )


def _start(command: InstanceStart, loader: RowLoader) -> list[Entry]:
    """As in Camunda not of one that a message starts, nor of a restart, which has an entry of its own for all its instances."""
    if command.asked.start_activity_id is not None or command.asked.restarted_process_instance_id is not None:
        return []
    return [_entry("Create", "ProcessInstance", None, None, **_of(command.instance))]


# What workers do is in the external task log, what messages do in the history of the instance.
LOGGED: dict[type[c.Command], Make] = {
    c.SetExternalTaskRetries: _external_task_retries,
    c.SetJobRetries: _job_retries,
    c.ExecuteJob: _execute_job,
    InstanceStart: _start,
    c.DeleteProcessInstance: _delete,
    c.SetSuspension: _suspension,
    c.ModifyProcessInstance: _modify,
    c.MigrateProcessInstance: _migrate,
    c.SetVariables: _variables,
    c.CreateTask: _create_task,
    c.DeleteTask: _delete_task,
    c.CompleteTask: _complete_task,
    TaskChange: _change_task,
    c.ChangeIdentityLink: _identity_link,
    c.ResolveIncident: _resolve_incident,
}


def entries(command: c.Command, loader: RowLoader) -> list[Entry]:
    make = LOGGED.get(type(command))
    return [] if make is None else make(command, loader)
