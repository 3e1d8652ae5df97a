"""How the commands on user tasks are carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflow_engine.engine import commands as c
from workflow_engine.engine import form_fields, sub_tasks
from workflow_engine.engine.errors import BadInput
from workflow_engine.engine.errors_thrown import propagate_error, propagate_escalation
from workflow_engine.engine.state import UserTask

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def _create(context: CommandContext, command: c.CreateTask) -> UserTask:
    return context.user_tasks.create_standalone(command.task_id, command.fields, command.tenant_id)


def _delete(context: CommandContext, command: c.DeleteTask) -> None:
    task = context.user_tasks.find(command.task_id)
    sub_tasks.check_deletable(task)
    context.user_tasks.delete(task, command.delete_reason)


def _complete(context: CommandContext, command: c.CompleteTask) -> None:
    variables = context.variables
    task = context.user_tasks.find(command.task_id)
    execution = None if task.execution_id is None else context.execution(task.execution_id)
    local = dict(command.local_variables)
    if execution is None:
        local = {**command.variables, **command.task_variables, **local}
    else:
        variables.set_all(execution, command.variables)
        for name, value in command.task_variables.items():
            if name in variables.task_local(task):
                variables.set_task_local(task, name, value)
            else:
                variables.set(execution, name, value)
    for name, value in local.items():
        variables.set_task_local(task, name, value)
    form_fields.tell(context, command.form_fields, execution, task)
    context.user_tasks.complete(task)


def _update(context: CommandContext, command: c.UpdateTask) -> None:
    context.user_tasks.update(context.user_tasks.find(command.task_id), command.changes)


def _touch(context: CommandContext, command: c.TouchTask) -> None:
    context.user_tasks.touch(context.user_tasks.find(command.task_id))


def _change_identity_link(context: CommandContext, command: c.ChangeIdentityLink) -> None:
    task = context.user_tasks.find(command.task_id)
    if command.type in ("assignee", "owner"):
        value = command.user_id if command.operation == "add" else None
        context.user_tasks.update(task, {command.type: value})
        return
    if command.operation == "add":
        context.user_tasks.add_identity_link(task, command.type, user_id=command.user_id, group_id=command.group_id)
    else:
        context.user_tasks.remove_identity_link(task, command.type, user_id=command.user_id, group_id=command.group_id)
    context.user_tasks.touch(task)


def _throw_error(context: CommandContext, command: c.ThrowTaskError) -> None:
    task = context.user_tasks.find(command.task_id)
    if not command.error_code:
        raise BadInput(f"Cannot throw a BPMN error from task '{command.task_id}': it has no error code.")
    execution = context.user_tasks.execution_of(task)
    context.variables.set_all(execution, command.variables)
    propagate_error(execution, command.error_code, command.error_message)


def _throw_escalation(context: CommandContext, command: c.ThrowTaskEscalation) -> None:
    task = context.user_tasks.find(command.task_id)
    if not command.escalation_code:
        raise BadInput(f"Cannot throw an escalation from task '{command.task_id}': it has no escalation code.")
    execution = context.user_tasks.execution_of(task)
    context.variables.set_all(execution, command.variables)
    propagate_escalation(execution, command.escalation_code)


def set_variables(context: CommandContext, command: c.SetVariables, task_id: str) -> None:
    """Of the task and, unless they are local, of what is around it."""
    variables = context.variables
    task = context.user_tasks.find(task_id)
    execution = None if task.execution_id is None else context.execution(task.execution_id)
    for name, value in command.variables.items():
        if execution is None or command.is_local or name in variables.task_local(task):
            variables.set_task_local(task, name, value)
        else:
            variables.set(execution, name, value)
    for name in command.removals:
        if name in variables.task_local(task):
            variables.remove_task_local(task, name)
        elif execution is not None and not command.is_local:
            variables.remove(execution, name)
    # Setting a variable may have moved the instance on, past this task.
    if not context.user_tasks.is_gone(task):
        context.user_tasks.touch(task)


HANDLERS: dict[type[c.Command], Callable[[CommandContext, Any], Any]] = {
    c.CreateTask: _create,
    c.DeleteTask: _delete,
    c.CompleteTask: _complete,
    c.UpdateTask: _update,
    c.TouchTask: _touch,
    c.ChangeIdentityLink: _change_identity_link,
    c.ThrowTaskError: _throw_error,
    c.ThrowTaskEscalation: _throw_escalation,
}
