"""Associations from compensation boundary events to the activities that undo."""

from __future__ import annotations

from collections.abc import Callable

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.xml import Node

ParseActivity = Callable[[ParseContext, Node, Node, Scope], Activity | None]


def is_compensation_handler(node: Node) -> bool:
    return (node.get("isForCompensation") or "").lower() == "true"


def parse_associations(
    context: ParseContext, scope_node: Node, scope: Scope, handlers: dict[str, Node], parse_activity: ParseActivity
) -> None:
    """Parses the handlers that associations lead to, removing them from `handlers`, and joins them to what they undo."""
    for node in scope_node.all("association"):
        try:
            _parse_association(context, node, scope_node, scope, handlers, parse_activity)
        except ModelError as error:
            context.problems.add(error)


def _parse_association(
    context: ParseContext,
    node: Node,
    scope_node: Node,
    scope: Scope,
    handlers: dict[str, Node],
    parse_activity: ParseActivity,
) -> None:
    source_ref, target_ref = node.get("sourceRef"), node.get("targetRef")
    for reference, attribute in ((source_ref, "sourceRef"), (target_ref, "targetRef")):
        if reference is None:
            raise ModelError(f"The attribute '{attribute}' of the association is missing.", node)
        if reference not in context.element_ids:
            raise ModelError(f"The {attribute} '{reference}' of the association does not exist.", node)
    boundary = context.process.activities.get(source_ref or "")
    if boundary is None or boundary.behavior != behaviors.COMPENSATION_BOUNDARY_EVENT:
        return
    handler = context.process.activities.get(target_ref or "")
    if handler is None and target_ref in handlers:
        handler = parse_activity(context, handlers.pop(target_ref), scope_node, _handler_scope(boundary, scope))
    if handler is not None:
        _join(node, boundary, handler)


def _handler_scope(boundary: Activity, scope: Scope) -> Scope:
    """An instance of a multi-instance activity is undone within the body."""
    host = boundary.attached_to
    return host.flow_scope if host is not None and host.is_inner_of_multi_instance else scope


def _join(node: Node, boundary: Activity, handler: Activity) -> None:
    if not handler.is_for_compensation:
        raise ModelError(
            f"The compensation boundary event leads to '{handler.id}', which is not marked with 'isForCompensation'.",
            node,
        )
    host = boundary.attached_to
    if host is None:
        return
    if host.compensation_handler is not None and host.compensation_handler.triggered_by_event:
        raise ModelError("A compensation boundary event and a compensation event sub-process exclude each other.", node)
    host.compensation_handler = handler
