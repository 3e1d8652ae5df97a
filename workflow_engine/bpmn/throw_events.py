"""Intermediate throwing events and end events."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle, set_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import ThrownError
from workflow_engine.bpmn.event_definitions import error_code, throw_escalation, throw_signal
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.io_mapping import parse_io_mapping
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope, StartBehavior
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.service_tasks import is_service_like, parse_service
from workflow_engine.bpmn.xml import Node


def parse_throw_event(context: ParseContext, node: Node, scope: Scope) -> Activity | None:
    """An intermediate throwing event; a link has no activity, its flows lead on to the catching event."""
    link = node.child("linkEventDefinition")
    if link is not None:
        context.link_sources[node.id or ""] = link.get("name") or ""
        return None
    activity = create_activity(context, node, scope, behaviors.NONE_THROW_EVENT)
    activity.type = "intermediateNoneThrowEvent"
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    set_retry_cycle(context, node, activity)
    _parse_definition(
        context,
        node,
        activity,
        types={
            "signalEventDefinition": "intermediateSignalThrow",
            "compensateEventDefinition": "intermediateCompensationThrowEvent",
            "messageEventDefinition": "intermediateMessageThrowEvent",
            "escalationEventDefinition": "intermediateEscalationThrowEvent",
        },
    )
    return activity


def parse_end_event(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = create_activity(context, node, scope, behaviors.NONE_END_EVENT)
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    parse_retry_cycle(context, node, activity)
    parse_io_mapping(context, node, activity)
    error, cancel = node.child("errorEventDefinition"), node.child("cancelEventDefinition")
    if error is not None:
        _parse_error(context, error, activity)
    elif cancel is not None:
        _parse_cancel(cancel, activity, scope)
    elif node.child("terminateEventDefinition") is not None:
        activity.type = "terminateEndEvent"
        activity.behavior = behaviors.TERMINATE_END_EVENT
        activity.start_behavior = StartBehavior.INTERRUPT_FLOW_SCOPE
    elif not _parse_definition(
        context,
        node,
        activity,
        types={
            "messageEventDefinition": "messageEndEvent",
            "signalEventDefinition": "signalEndEvent",
            "compensateEventDefinition": "compensationEndEvent",
            "escalationEventDefinition": "escalationEndEvent",
        },
    ):
        activity.type = "noneEndEvent"
    return activity


def _parse_definition(context: ParseContext, node: Node, activity: Activity, types: dict[str, str]) -> bool:
    """What intermediate and end events throw alike. Says whether there is anything thrown."""
    signal, compensate = node.child("signalEventDefinition"), node.child("compensateEventDefinition")
    message, escalation = node.child("messageEventDefinition"), node.child("escalationEventDefinition")
    tag = next((tag for tag in types if node.child(tag) is not None), None)
    if tag == "messageEventDefinition" and message is not None:
        _parse_message(context, node, message, activity, types[tag])
    elif tag == "signalEventDefinition" and signal is not None:
        activity.type, activity.behavior = types[tag], behaviors.SIGNAL_THROW_EVENT
        throw_signal(context, signal, activity)
    elif tag == "compensateEventDefinition" and compensate is not None:
        activity.type, activity.behavior = types[tag], behaviors.COMPENSATION_EVENT
        _parse_compensate(context, compensate, activity)
    elif tag == "escalationEventDefinition" and escalation is not None:
        activity.type, activity.behavior = types[tag], behaviors.ESCALATION_EVENT
        throw_escalation(context, escalation, activity)
    return tag is not None


def _parse_message(context: ParseContext, node: Node, message: Node, activity: Activity, type_name: str) -> None:
    """A message is thrown by whatever implementation it has, like a service task; without one nothing happens."""
    if is_service_like(message, node):
        activity.type = type_name
        parse_service(context, message, node, activity)
        return
    activity.behavior = behaviors.NONE_THROW_EVENT


def _parse_compensate(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.throws_compensation = True
    activity.is_scope = True
    activity.compensate_ref = node.get("activityRef")
    if node.get("waitForCompletion") not in (None, "true"):
        context.warning("'waitForCompletion=false' is not supported: the event waits for the compensation.", node)


def _parse_error(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.type = "errorEndEvent"
    activity.behavior = behaviors.ERROR_END_EVENT
    reference = node.get("errorRef")
    if not reference:
        raise ModelError("The attribute 'errorRef' of the error end event is missing.", node)
    error = context.root.errors.get(reference)
    if error is not None and not error.code:
        raise ModelError(f"The error '{reference}' is thrown and must have an 'errorCode'.", node)
    activity.error = ThrownError(code=error_code(context, node), message=error.message if error is not None else None)


def _parse_cancel(node: Node, activity: Activity, scope: Scope) -> None:
    if not isinstance(scope, Activity) or scope.element != "transaction":
        raise ModelError("A cancel end event is only possible directly inside of a transaction.", node)
    activity.type = "cancelEndEvent"
    activity.behavior = behaviors.CANCEL_END_EVENT
    activity.start_behavior = StartBehavior.INTERRUPT_FLOW_SCOPE
    activity.throws_compensation = True
    activity.is_scope = True
