"""Hands a message or signal to the one who waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine import compensation
from workflow_engine.engine.errors import ModelError, Suspended
from workflow_engine.engine.state import EventSubscription

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def deliver(
    context: CommandContext,
    subscription: EventSubscription,
    variables: Mapping[str, Any],
    local_variables: Mapping[str, Any],
    *,
    triggered_scope_variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    is_async: bool = False,
) -> None:
    """Goes on at the subscriber, or starts an instance for a start event."""
    if subscription.execution_id is None:
        _start(context, subscription, variables, business_key)
        return
    execution = context.execution(subscription.execution_id)
    if subscription.event_type == "compensate":
        compensation.receive(context, subscription)
        return
    activity = execution.definition.flow_nodes.get(subscription.activity_id)
    if activity is None:
        raise ModelError(
            f"Cannot deliver {subscription.event_type} '{subscription.event_name}': the definition has no activity"
            f" '{subscription.activity_id}'."
        )
    if execution.is_suspended:
        raise Suspended(f"Cannot deliver to execution '{execution.id}': it is suspended.")
    context.variables.set_all(execution, variables)
    context.variables.set_all_local(execution, local_variables)
    if triggered_scope_variables and activity.type == "intermediateMessageCatch":
        context.variables.set_all_local(execution, triggered_scope_variables)
    elif triggered_scope_variables:
        execution.process_instance.triggered_scope_variables = triggered_scope_variables
    if is_async:
        context.jobs.create_event_job(execution, subscription.id, activity)
    elif execution.activity is activity:
        context.lifecycle.signal(execution, "signal")
    else:
        if activity.behavior == behaviors.EVENT_SUB_PROCESS_START_EVENT:
            assert isinstance(activity.flow_scope, Activity)
            activity = activity.flow_scope
        context.lifecycle.execute_event_handler(execution, activity)


def _start(
    context: CommandContext, subscription: EventSubscription, variables: Mapping[str, Any], business_key: str | None
) -> None:
    from workflow_engine.engine.start import start_process_instance

    assert subscription.process_definition_id is not None
    definition = context.environment.definition(subscription.process_definition_id)
    start_process_instance(
        context,
        definition,
        business_key=business_key,
        variables=variables,
        start_activity_id=subscription.activity_id,
    )


def throw_signal(
    context: CommandContext,
    name: str,
    variables: Mapping[str, Any],
    *,
    business_key: str | None = None,
    is_async: bool = False,
    tenant_ids: tuple[str, ...] | None = None,
) -> None:
    """To everybody who waits for the signal now, subscriptions made by this command included."""
    for subscription in context.signal_subscriptions(name, tenant_ids):
        if subscription.execution_id is not None:
            execution = context.find_execution(subscription.execution_id)
            if execution is None or execution.is_ended or execution.is_canceled:
                continue
        deliver(context, subscription, variables, {}, business_key=business_key, is_async=is_async)
