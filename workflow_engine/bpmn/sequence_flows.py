"""Sequence flows with their conditions and listeners; link events are short-circuited here."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import Script
from workflow_engine.bpmn.listeners import parse_take_listeners
from workflow_engine.bpmn.model import Activity, Scope, SequenceFlow
from workflow_engine.bpmn.problems import ModelError, shorten
from workflow_engine.bpmn.scripts import make_script
from workflow_engine.bpmn.xml import Node
from workflow_engine.expressions import Expression

_FORMAL_EXPRESSION = "tFormalExpression"


def parse_sequence_flows(context: ParseContext, scope_node: Node, scope: Scope, handlers: dict[str, Node]) -> None:
    """All flows of a scope, in document order, which is the order in which they are taken.

    `handlers` are the compensation handlers of the scope by id: they are not parsed yet and may have no flows.
    """
    for node in scope_node.all("sequenceFlow"):
        try:
            _parse_flow(context, node, scope, handlers)
        except ModelError as error:
            context.problems.add(error)


def _parse_flow(context: ParseContext, node: Node, scope: Scope, handlers: dict[str, Node]) -> None:
    source_ref, target_ref = node.get("sourceRef"), _behind_link(context, node)
    for reference, attribute in ((source_ref, "sourceRef"), (target_ref, "targetRef")):
        if reference is None or reference not in context.element_ids:
            return  # refused by the schema
        known = context.process.find_at_level(reference, scope)
        if reference in handlers or (known is not None and known.is_for_compensation and not known.triggered_by_event):
            raise ModelError(f"The compensation handler '{reference}' must not have sequence flows.", node)
        if known is None:
            raise ModelError(
                f"The {attribute} '{shorten(reference)}' of the sequence flow '{shorten(node.id or '')}' is no flow node of"
                " the same process or sub-process.",
                node,
            )
    source = context.process.find_at_level(source_ref, scope)
    target = context.process.find_at_level(target_ref, scope)
    if source is None or target is None:  # pragma: no cover - refused above
        return
    if source.behavior == behaviors.EVENT_BASED_GATEWAY:
        return  # its events are cancelled and started by scope, not by flow
    _check_ends(node, source, target)
    _add_flow(context, node, _outer(source), _outer(target))


def _behind_link(context: ParseContext, node: Node) -> str | None:
    """The target of a flow; for a throwing link event its catching one."""
    target_ref = node.get("targetRef")
    link = context.link_sources.get(target_ref) if target_ref is not None else None
    if link is None:
        return target_ref
    if link not in context.link_targets:
        raise ModelError(f"The sequence flow leads to a link '{link}' that no link event catches.", node)
    return context.link_targets[link]


def _check_ends(node: Node, source: Activity, target: Activity) -> None:
    event_scope = target.event_scope
    if isinstance(event_scope, Activity) and event_scope.behavior == behaviors.EVENT_BASED_GATEWAY:
        raise ModelError(
            f"The event '{target.id}' follows an event-based gateway and must not have other incoming flows.", node
        )
    for activity in (source, target):
        if activity.triggered_by_event:
            raise ModelError(f"The event sub-process '{activity.id}' must not have sequence flows.", node)


def _outer(activity: Activity) -> Activity:
    """The multi-instance body in place of its inner activity."""
    scope = activity.flow_scope
    return scope if activity.is_inner_of_multi_instance and isinstance(scope, Activity) else activity


def _add_flow(context: ParseContext, node: Node, source: Activity, target: Activity) -> None:
    identifier = node.id or f"sequenceFlow:{node.position}"
    if identifier in context.process.flows:
        raise ModelError(f"The id '{identifier}' is used twice.", node)
    flow = SequenceFlow(identifier, source, target, name=node.get("name"), line=node.line)
    condition = node.child("conditionExpression")
    if condition is not None:
        flow.condition = parse_condition(context, condition)
    flow.listeners = parse_take_listeners(context, node)
    context.process.flows[identifier] = flow
    context.process[source].outgoing.append(flow)
    context.process[target].incoming.append(flow)


def parse_condition(context: ParseContext, node: Node) -> Expression | Script:
    """The condition of a flow or of a conditional event."""
    text = node.text.strip()
    kind = node.get("xsi:type")
    if kind is not None and kind.rpartition(":")[2] != _FORMAL_EXPRESSION:
        context.error(f"A condition must be of type '{_FORMAL_EXPRESSION}', not '{kind}'.", node)
    language = node.get("language")
    if language is None:
        return context.expression(text, node)
    return make_script(context, node, language, text, node.camunda("resource"))
