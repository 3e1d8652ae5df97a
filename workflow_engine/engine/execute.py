"""How each command is carried out: a table from command type to function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflow_engine.engine import commands as c
from workflow_engine.engine import user_task_commands
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound, Suspended
from workflow_engine.engine.event_delivery import deliver, throw_signal
from workflow_engine.engine.migration.migrate import migrate_process_instance
from workflow_engine.engine.modification import (
    Manner,
    cancel_calling_activity,
    modify_process_instance,
    start_with_instructions,
)
from workflow_engine.engine.start import start_condition_holds, start_process_instance
from workflow_engine.engine.suspension import set_suspension

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution

Handler = Callable[["CommandContext", Any], Any]


def _start(context: CommandContext, command: c.StartProcessInstance) -> Execution:
    definition = context.environment.definition(command.process_definition_id)
    if command.start_instructions:
        return start_with_instructions(context, definition, command)
    return start_process_instance(
        context,
        definition,
        business_key=command.business_key,
        variables=command.variables,
        start_activity_id=command.start_activity_id,
        restarted_process_instance_id=command.restarted_process_instance_id,
        form_fields=command.form_fields,
    )


def _complete_external_task(context: CommandContext, command: c.CompleteExternalTask) -> None:
    task = context.external_tasks.find_locked(command.task_id, command.worker_id, command.lock_token, "complete")
    context.external_tasks.complete(task, command.variables, command.local_variables)


def _fail_external_task(context: CommandContext, command: c.FailExternalTask) -> None:
    if command.retries < 0:
        raise BadInput(
            f"Cannot report failure of external task '{command.task_id}': retries {command.retries} is below 0."
        )
    if command.retry_timeout < 0:
        raise BadInput(
            f"Cannot report failure of external task '{command.task_id}': retryTimeout {command.retry_timeout} is below 0."
        )
    task = context.external_tasks.find_locked(
        command.task_id, command.worker_id, command.lock_token, "report failure of"
    )
    context.external_tasks.fail(
        task,
        error_message=command.error_message,
        error_details=command.error_details,
        retries=command.retries,
        retry_timeout=command.retry_timeout,
        variables=command.variables,
        local_variables=command.local_variables,
    )


def _throw_external_task_error(context: CommandContext, command: c.ThrowExternalTaskError) -> None:
    if not command.error_code:
        raise BadInput(f"Cannot report a BPMN error of external task '{command.task_id}': it has no error code.")
    task = context.external_tasks.find_locked(
        command.task_id, command.worker_id, command.lock_token, "report a BPMN error of"
    )
    context.external_tasks.throw_error(task, command.error_code, command.error_message, command.variables)


def _give_up_external_task(context: CommandContext, command: c.GiveUpExternalTask) -> bool:
    task = context.external_tasks.find(command.task_id)
    if task.lock_expiration_time is None or task.lock_expiration_time > context.now:
        return False
    if task.deliveries < command.max_deliveries:
        return False
    context.external_tasks.give_up(task)
    return True


def _set_external_task_retries(context: CommandContext, command: c.SetExternalTaskRetries) -> None:
    if command.retries < 0:
        raise BadInput(f"The number of retries of external task '{command.task_id}' cannot be {command.retries}.")
    context.external_tasks.set_retries(context.external_tasks.find(command.task_id), command.retries)


def _trigger_event_subscription(context: CommandContext, command: c.TriggerEventSubscription) -> None:
    row = context.loader.event_subscription(command.subscription_id)
    rows = context.adopt_rows([row] if row is not None else [])
    if not rows:
        raise NotFound(f"Event subscription '{command.subscription_id}' does not exist.")
    deliver(
        context,
        rows[0],
        command.variables,
        command.local_variables,
        triggered_scope_variables=command.triggered_scope_variables,
    )


def _evaluate_start_condition(context: CommandContext, command: c.EvaluateStartCondition) -> bool:
    definition = context.environment.definition(command.process_definition_id)
    return start_condition_holds(context, definition, command.activity_id, command.variables)


def _throw_signal(context: CommandContext, command: c.ThrowSignal) -> None:
    if command.execution_id is None:
        throw_signal(context, command.name, command.variables, tenant_ids=command.tenant_ids)
        return
    execution = context.execution(command.execution_id)
    found = [
        subscription
        for subscription in context.subscriptions.of(execution)
        if subscription.event_type == "signal" and subscription.event_name == command.name
    ]
    if not found:
        raise NotAllowed(
            f"Execution '{command.execution_id}' has not subscribed to a signal event with name '{command.name}'."
        )
    for subscription in found:
        deliver(context, subscription, command.variables, {})


def _signal_execution(context: CommandContext, command: c.SignalExecution) -> None:
    execution = context.execution(command.execution_id)
    if execution.is_suspended:
        raise Suspended(f"Cannot signal execution '{execution.id}': it is suspended.")
    context.variables.set_all(execution, command.variables)
    context.lifecycle.signal(execution, command.signal_name)


def _execute_job(context: CommandContext, command: c.ExecuteJob) -> None:
    context.jobs.execute(context.jobs.find(command.job_id))


def _fail_job(context: CommandContext, command: c.FailJob) -> None:
    context.jobs.fail(
        context.jobs.find(command.job_id), command.message, command.stacktrace, command.failed_activity_id
    )


def _set_job_retries(context: CommandContext, command: c.SetJobRetries) -> None:
    if command.retries < 0:
        raise BadInput(
            f"The number of job retries must be a non-negative Integer, but '{command.retries}' has been provided."
        )
    job = context.jobs.find(command.job_id)
    context.jobs.set_retries(job, command.retries)
    if command.due_date is not None:
        job.due_date = command.due_date


def _set_variables(context: CommandContext, command: c.SetVariables) -> None:
    if command.task_id is not None:
        user_task_commands.set_variables(context, command, command.task_id)
        return
    if command.execution_id is None:
        raise BadInput("Cannot set variables: neither an execution nor a task says whose they are.")
    variables = context.variables
    execution = context.execution(command.execution_id)
    for name, value in command.variables.items():
        if command.is_local:
            variables.set_local(execution, name, value)
        else:
            variables.set(execution, name, value)
    for name in command.removals:
        if command.is_local:
            variables.remove_local(execution, name)
        else:
            variables.remove(execution, name)


def _delete_process_instance(context: CommandContext, command: c.DeleteProcessInstance) -> None:
    instance = context.find_execution(command.process_instance_id)
    if instance is None or not instance.is_process_instance:
        raise NotFound(f"No process instance found for id '{command.process_instance_id}'.")
    super_execution = instance.super_execution
    context.lifecycle.delete_cascade(
        instance,
        command.delete_reason,
        skip_custom_listeners=command.skip_custom_listeners,
        skip_io_mappings=command.skip_io_mappings,
        externally_terminated=command.is_external,
        skip_sub_process_instances=command.skip_sub_process_instances,
    )
    if super_execution is not None:
        # What waits for the called instance can never go on: it is canceled too.
        context.set_sub_process_instance(super_execution, None)
        cancel_calling_activity(
            super_execution,
            Manner(
                reason=command.delete_reason,
                skip_custom_listeners=command.skip_custom_listeners,
                skip_io_mappings=command.skip_io_mappings,
                is_external=command.is_external,
            ),
        )


def _resolve_incident(context: CommandContext, command: c.ResolveIncident) -> None:
    row = context.loader.incident(command.incident_id)
    rows = context.adopt_rows([row] if row is not None else [])
    if not rows:
        raise NotFound(f"Cannot find an incident with id '{command.incident_id}'.")
    incident = rows[0]
    if incident.incident_type in ("failedJob", "failedExternalTask"):
        raise BadInput(
            f"Cannot resolve an incident of type {incident.incident_type}: raise the retries of what failed instead."
        )
    context.incidents.close(incident, resolved=True)


HANDLERS: dict[type[c.Command], Handler] = {
    c.StartProcessInstance: _start,
    c.EvaluateStartCondition: _evaluate_start_condition,
    c.CompleteExternalTask: _complete_external_task,
    c.FailExternalTask: _fail_external_task,
    c.ThrowExternalTaskError: _throw_external_task_error,
    c.GiveUpExternalTask: _give_up_external_task,
    c.SetExternalTaskRetries: _set_external_task_retries,
    **user_task_commands.HANDLERS,
    c.TriggerEventSubscription: _trigger_event_subscription,
    c.ThrowSignal: _throw_signal,
    c.SignalExecution: _signal_execution,
    c.ExecuteJob: _execute_job,
    c.FailJob: _fail_job,
    c.SetJobRetries: _set_job_retries,
    c.SetVariables: _set_variables,
    c.DeleteProcessInstance: _delete_process_instance,
    c.SetSuspension: set_suspension,
    c.ResolveIncident: _resolve_incident,
    c.ModifyProcessInstance: modify_process_instance,
    c.MigrateProcessInstance: migrate_process_instance,
}
