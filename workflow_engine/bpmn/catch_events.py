"""Intermediate catching events."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import is_async, parse_async, set_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.event_definitions import catch_condition, catch_message, catch_signal
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.io_mapping import parse_io_mapping
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope, StartBehavior
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.timers import INTERMEDIATE, parse_timer
from workflow_engine.bpmn.xml import Node


def parse_catch_event(context: ParseContext, node: Node, scope: Scope, gateway: Activity | None) -> Activity:
    """An event that waits by itself, or in the scope of the event-based gateway before it."""
    activity = create_activity(context, node, scope, behaviors.INTERMEDIATE_CATCH_EVENT)
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    if gateway is None:
        activity.is_scope = True
    else:
        activity.start_behavior = StartBehavior.CANCEL_EVENT_SCOPE
    event_scope = activity if gateway is None else gateway
    context.process.catch_for(activity, event_scope)
    _parse_definition(context, node, activity, event_scope)
    if activity.catch_event_type == "timer" or is_async(activity):
        set_retry_cycle(context, node, activity)
    parse_io_mapping(context, node, activity)
    return activity


def _parse_definition(context: ParseContext, node: Node, activity: Activity, event_scope: Scope) -> None:
    timer, signal = node.child("timerEventDefinition"), node.child("signalEventDefinition")
    message, link = node.child("messageEventDefinition"), node.child("linkEventDefinition")
    condition = node.child("conditionalEventDefinition")
    if timer is not None:
        activity.type = "intermediateTimer"
        activity.catch_event_type = "timer"
        context.process[event_scope].timers.append(parse_timer(context, timer, activity, INTERMEDIATE))
    elif signal is not None:
        activity.type = "intermediateSignalCatch"
        catch_signal(context, signal, activity, event_scope)
    elif message is not None:
        activity.type = "intermediateMessageCatch"
        catch_message(context, message, activity, event_scope)
    elif link is not None:
        _parse_link(context, node, link, activity, event_scope)
    elif condition is not None:
        activity.type = "intermediateConditional"
        activity.behavior = behaviors.CONDITIONAL_CATCH_EVENT
        catch_condition(context, condition, activity, event_scope)
    else:
        raise ModelError(
            "The intermediate catching event must be a timer, signal, message, link or conditional event.", node
        )


def _parse_link(context: ParseContext, node: Node, link: Node, activity: Activity, event_scope: Scope) -> None:
    activity.type = "intermediateLinkCatch"
    activity.behavior = behaviors.LINK_CATCH_EVENT
    name = activity.link_name = link.get("name")
    if event_scope is not activity:
        context.error("A link event may not follow an event-based gateway.", node)
    if name is None:
        raise ModelError("The link has no name.", link)
    if name in context.link_targets:
        raise ModelError(f"The link '{name}' is caught by more than one event.", node)
    if name != activity.name:
        context.warning(f"The event is named '{activity.name}' but its link '{name}'.", node)
    context.link_targets[name] = activity.id
