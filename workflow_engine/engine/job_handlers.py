"""What a job does when its time has come, by handler type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.errors import ModelError, NotFound
from workflow_engine.engine.operations import perform_now

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import Job


def handle(context: CommandContext, job: Job, execution: Execution | None) -> None:
    if job.handler_type == "timer-start-event":
        _start_instance(context, job)
        return
    if execution is None:
        raise NotFound(f"Job '{job.id}' has no execution.")
    if job.handler_type == "async-continuation":
        _continue(execution, job)
    elif job.handler_type == "event":
        _deliver_event(context, job)
    elif job.handler_type == "timer-task-listener":
        _fire_task_timeout(context, job, execution)
    else:
        _fire_timer(context, job, execution)


def _continue(execution: Execution, job: Job) -> None:
    from workflow_engine.engine.execution import Instantiation
    from workflow_engine.engine.lifecycle import CONTINUATIONS

    name, _, flow_id = job.handler_configuration.partition("$")
    operation = CONTINUATIONS.get(name)
    if operation is None:
        raise ModelError(f"Job '{job.id}' asks for the unknown continuation '{name}'.", activity_id=job.activity_id)
    if name == "process-start":
        assert execution.activity is not None
        execution.is_starting_instance = True
        execution.instantiation = Instantiation(activities=[], target_activity=execution.activity)
    if flow_id:
        flow = execution.definition.flows.get(flow_id)
        if flow is None:
            raise ModelError(
                f"The definition has no sequence flow '{flow_id}' to continue on.", activity_id=job.activity_id
            )
        execution.transition = flow
    perform_now(execution, operation)


def _fire_timer(context: CommandContext, job: Job, execution: Execution) -> None:
    activity = execution.definition.flow_nodes.get(job.handler_configuration)
    if activity is None:
        raise ModelError(f"Cannot fire timer: the definition has no activity '{job.handler_configuration}'.")
    if job.handler_type == "timer-intermediate-transition" and execution.activity is activity:
        context.lifecycle.signal(execution, "signal")
        return
    if job.handler_type == "timer-start-event-subprocess":
        assert isinstance(activity.flow_scope, Activity)
        activity = activity.flow_scope
    context.lifecycle.execute_event_handler(execution, activity)


def _deliver_event(context: CommandContext, job: Job) -> None:
    from workflow_engine.engine.event_delivery import deliver

    rows = context.adopt_rows([row] if (row := context.loader.event_subscription(job.handler_configuration)) else [])
    if rows:
        deliver(context, rows[0], {}, {})


def _fire_task_timeout(context: CommandContext, job: Job, execution: Execution) -> None:
    listener_id, _, _ = job.handler_configuration.partition("$")
    for task in list(context.user_tasks.of(execution)):
        context.user_tasks.fire_timeout(task, listener_id)


def _start_instance(context: CommandContext, job: Job) -> None:
    from workflow_engine.engine.start import start_process_instance

    assert job.process_definition_id is not None
    definition = context.environment.definition(job.process_definition_id)
    start_process_instance(context, definition, start_activity_id=job.handler_configuration)
