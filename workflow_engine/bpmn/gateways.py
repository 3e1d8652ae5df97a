"""Gateways."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.xml import Node

_BEHAVIORS = {
    "exclusiveGateway": behaviors.EXCLUSIVE_GATEWAY,
    "inclusiveGateway": behaviors.INCLUSIVE_GATEWAY,
    "parallelGateway": behaviors.PARALLEL_GATEWAY,
    "eventBasedGateway": behaviors.EVENT_BASED_GATEWAY,
}


def parse_gateway(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = create_activity(context, node, scope, _BEHAVIORS[node.tag])
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    parse_retry_cycle(context, node, activity)
    if activity.behavior == behaviors.EVENT_BASED_GATEWAY:
        activity.is_scope = True  # the events behind it wait in its scope
        if activity.async_after:
            context.error("'asyncAfter' is not supported on an event-based gateway.", node)
    return activity


def events_behind(context: ParseContext, gateway: Node, scope_node: Node) -> list[Node]:
    """The catching events that an event-based gateway leads to, in the order of its flows."""
    events = []
    for flow in context.flows_from(scope_node, gateway.id):
        target = context.child_by_id(scope_node, flow.get("targetRef"))
        if target is None:
            continue
        if target in events or target.id in context.process.activities:
            context.error(f"The event '{target.id}' may follow one event-based gateway only, by one flow.", flow)
        elif target.tag == "intermediateCatchEvent":
            events.append(target)
        else:
            context.error(
                f"An event-based gateway may lead to intermediate catching events only, not to the {target.tag} "
                f"'{target.id}'.",
                gateway,
            )
    return events
