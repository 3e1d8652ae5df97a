"""The content of a process or sub-process, group by group, and the table from tag to function.

The order of the groups is Camunda's: what refers to something comes after it.
"""

from __future__ import annotations

from collections.abc import Callable

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.boundary_events import parse_boundary_event
from workflow_engine.bpmn.call_activities import parse_call_activity
from workflow_engine.bpmn.catch_events import parse_catch_event
from workflow_engine.bpmn.compensation import is_compensation_handler, parse_associations
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.gateways import events_behind, parse_gateway
from workflow_engine.bpmn.io_mapping import parse_io_mapping
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.multi_instances import parse_multi_instance_body
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.sequence_flows import parse_sequence_flows
from workflow_engine.bpmn.start_events import parse_start_events
from workflow_engine.bpmn.sub_processes import parse_sub_process
from workflow_engine.bpmn.tasks import (
    parse_business_rule_task,
    parse_manual_task,
    parse_receive_task,
    parse_script_task,
    parse_service_task,
    parse_task,
)
from workflow_engine.bpmn.throw_events import parse_end_event, parse_throw_event
from workflow_engine.bpmn.user_tasks import parse_user_task
from workflow_engine.bpmn.xml import Node

ParseFlowNode = Callable[[ParseContext, Node, Scope], Activity | None]

ACTIVITIES: dict[str, ParseFlowNode] = {
    "task": parse_task,
    "manualTask": parse_manual_task,
    "serviceTask": parse_service_task,
    "sendTask": parse_service_task,
    "businessRuleTask": parse_business_rule_task,
    "scriptTask": parse_script_task,
    "receiveTask": parse_receive_task,
    "userTask": parse_user_task,
    "callActivity": parse_call_activity,
    "subProcess": parse_sub_process,
    "transaction": parse_sub_process,
    "exclusiveGateway": parse_gateway,
    "inclusiveGateway": parse_gateway,
    "parallelGateway": parse_gateway,
    "eventBasedGateway": parse_gateway,
    "intermediateThrowEvent": parse_throw_event,
}
EVENTS: dict[str, ParseFlowNode] = {
    "endEvent": parse_end_event,
    "boundaryEvent": parse_boundary_event,
}
UNSUPPORTED = frozenset(
    {"adHocSubProcess", "complexGateway", "choreographyTask", "subChoreography", "callChoreography"}
)


def parse_scope(context: ParseContext, scope_node: Node, scope: Scope) -> None:
    """Everything directly and indirectly in a process or sub-process."""
    handlers = {
        child.id or f"{child.tag}:{child.position}": child
        for child in scope_node.children
        if child.tag in ACTIVITIES and is_compensation_handler(child)
    }
    parse_start_events(context, scope_node, scope)
    for child in scope_node.children:
        if child.tag in UNSUPPORTED:
            context.error(f"The element '{child.tag}' is not supported.", child)
        elif child.tag in ACTIVITIES and not is_compensation_handler(child):
            parse_activity(context, child, scope_node, scope)
    _parse_catch_events(context, scope_node, scope)
    for tag, function in EVENTS.items():
        for child in scope_node.all(tag):
            _guarded(context, function, child, scope)
    parse_sequence_flows(context, scope_node, scope, handlers)
    parse_execution_listeners(context, scope_node, scope)
    parse_associations(context, scope_node, scope, handlers, parse_activity)
    for child in handlers.values():
        parse_activity(context, child, scope_node, scope)


def parse_activity(context: ParseContext, node: Node, scope_node: Node, scope: Scope) -> Activity | None:
    """One element of the table, put into a multi-instance body where it asks for one."""
    try:
        scope = parse_multi_instance_body(context, node, scope) or scope
        activity = ACTIVITIES[node.tag](context, node, scope)
        if activity is None:
            return None
        parse_io_mapping(context, node, activity)
    except ModelError as error:
        context.problems.add(error)
        return None
    if activity.behavior == behaviors.EVENT_BASED_GATEWAY:
        for event in events_behind(context, node, scope_node):
            _parse_catch_event(context, event, scope, activity)
    return activity


def _parse_catch_events(context: ParseContext, scope_node: Node, scope: Scope) -> None:
    """The catching events that no event-based gateway has claimed."""
    for child in scope_node.all("intermediateCatchEvent"):
        if child.id is None or child.id not in context.process.activities:
            _parse_catch_event(context, child, scope, None)


def _parse_catch_event(context: ParseContext, node: Node, scope: Scope, gateway: Activity | None) -> None:
    try:
        parse_catch_event(context, node, scope, gateway)
    except ModelError as error:
        context.problems.add(error)


def _guarded(context: ParseContext, function: ParseFlowNode, node: Node, scope: Scope) -> None:
    try:
        function(context, node, scope)
    except ModelError as error:
        context.problems.add(error)
