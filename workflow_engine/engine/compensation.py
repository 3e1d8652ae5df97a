"""Compensation: what was done is undone, newest first.

A completed activity with a handler leaves a compensate subscription in its scope. A completed scope that holds such
subscriptions leaves an event scope execution with them, beside a subscription of its own in the outer scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine.state import EventSubscription
from workflow_engine.engine.variables import held

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution

SUB_PROCESSES = (behaviors.SUB_PROCESS, behaviors.EVENT_SUB_PROCESS)
SIGNAL_COMPENSATION_DONE = "compensationDone"


def is_throwing(execution: Execution) -> bool:
    activity = execution.activity
    return activity is not None and activity.throws_compensation


def executes_non_scope_handler(execution: Execution) -> bool:
    """Handlers get an execution of their own even where the handler is no scope.

    Not so one that an operator started by hand: it runs on an ordinary token, or on the scope that carries its only token.
    """
    activity = execution.activity
    if activity is None or not activity.is_for_compensation or activity.is_scope:
        return False
    return execution.is_scope and is_inside_throwing(execution)


def is_inside_throwing(execution: Execution) -> bool:
    ancestor = execution.parent
    while ancestor is not None:
        if is_throwing(ancestor):
            return True
        ancestor = ancestor.parent
    return False


def executes_default_handler(execution: Execution) -> bool:
    """A scope without a handler of its own that is compensating what happened inside it."""
    activity = execution.activity
    return (
        activity is not None
        and execution.is_scope
        and activity.is_scope
        and not is_throwing(execution)
        and bool(execution.live_children)
    )


def is_event_sub_process(handler: Activity) -> bool:
    return handler.triggered_by_event


def record(execution: Execution) -> None:
    """The activity that `execution` leaves can be undone from now on."""
    from workflow_engine.engine import scopes

    activity = execution.activity
    assert activity is not None
    handler = activity.compensation_handler
    if handler is None or is_event_sub_process(handler):
        return
    scope_execution = scopes.execution_for_flow_scope(execution, activity.flow_scope)
    execution.context.subscriptions.create_compensate(scope_execution, handler, done=activity)


def remember_scope(execution: Execution) -> None:
    """A scope completes: what was done inside it can be undone later, with the variables it has now."""
    from workflow_engine.engine import scopes

    context = execution.context
    activity = execution.activity
    assert activity is not None
    records = context.subscriptions.compensate_of(execution)
    handler = activity.compensation_handler
    inner_handler = handler if handler is not None and is_event_sub_process(handler) else None
    if not records and inner_handler is None:
        return
    scope_execution = scopes.execution_for_flow_scope(execution, activity.flow_scope)
    memory = scope_execution.create_child()
    memory.set_activity(activity)
    context.lifecycle.enter_activity_instance(memory)
    memory.is_active = False
    memory.is_concurrent = False
    memory.is_event_scope = True
    for variable in list(context.variables.local(execution).values()):
        context.variables.set_local(memory, variable.name, held(variable))
    for subscription in records:
        context.subscriptions.copy_compensate(subscription, memory)
    for child in execution.event_scope_children:
        child.set_parent(memory)
    # As in Camunda: also a sub-process beside the scope undoes in place of what was done inside it.
    target = handler if handler is not None and handler.behavior in SUB_PROCESSES else activity
    context.subscriptions.create_compensate(scope_execution, target, done=activity, configuration=memory.id)


def subscriptions_in_scope(execution: Execution) -> list[EventSubscription]:
    """All records that a throwing event in `execution` undoes."""
    from workflow_engine.engine import scopes

    mapping = scopes.mapping_of(execution)
    found: list[EventSubscription] = []
    assert execution.activity is not None
    scope: Scope = execution.activity.flow_scope
    while True:
        holder = mapping.get(scope)
        if holder is not None:
            for subscription in execution.context.subscriptions.compensate_of(holder):
                if subscription not in found:
                    found.append(subscription)
        if not isinstance(scope, Activity) or scope.consumes_compensation:
            break
        scope = scope.flow_scope
    return found


def subscriptions_of_activity(execution: Execution, activity_id: str) -> list[EventSubscription]:
    """Only the records of one activity (activityRef)."""
    activity = execution.definition.activity(activity_id)
    if activity.is_inner_of_multi_instance:
        handler_id = activity.flow_scope.id
    elif activity.compensation_handler is not None:
        handler_id = activity.compensation_handler.id
    else:
        handler_id = activity_id
    return [found for found in subscriptions_in_scope(execution) if found.activity_id == handler_id]


def throw(subscriptions: list[EventSubscription], execution: Execution) -> None:
    """Undoes the given records below `execution`, newest first."""
    context = execution.context
    for subscription in subscriptions:
        compensating = None
        if subscription.configuration is not None:
            compensating = context.execution(subscription.configuration)
            if compensating.parent_id != execution.id:
                compensating.set_parent(execution)
            compensating.is_event_scope = False
        else:
            compensating = execution.create_child()
            subscription.configuration = compensating.id
        compensating.is_concurrent = True
    for subscription in sorted(subscriptions, key=lambda found: (found.created, found.sequence), reverse=True):
        receive(context, subscription)


def receive(context: CommandContext, subscription: EventSubscription) -> None:
    """Starts the handler of one record."""
    from workflow_engine.engine.elements import element_of
    from workflow_engine.engine.entering import ACTIVITY_START
    from workflow_engine.engine.operations import perform

    assert subscription.configuration is not None
    compensating = context.execution(subscription.configuration)
    handler = compensating.definition.activity(subscription.activity_id)
    context.subscriptions.consume_compensate(subscription)
    compensating.is_active = True
    parent = compensating.parent
    assert parent is not None
    assert compensating.activity is not None
    if element_of(compensating.activity).is_composite:
        parent.activity_instance_id = compensating.activity_instance_id
    if handler.is_scope and not handler.is_for_compensation:
        throw(context.subscriptions.compensate_of(compensating), compensating)
    elif handler.triggered_by_event:
        context.lifecycle.execute_activity(compensating, handler)
    else:
        compensating.set_activity(handler)
        perform(compensating, ACTIVITY_START)
