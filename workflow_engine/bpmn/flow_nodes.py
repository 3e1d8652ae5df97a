"""Creates the activity of an XML element and reads what all flow nodes have in common."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.xml import Node


def create_activity(context: ParseContext, node: Node, flow_scope: Scope, behavior: str = "") -> Activity:
    """A new activity in `flow_scope`; its type is the tag until the element's own function knows better."""
    activity = Activity(_new_id(context, node), behavior, name=node.get("name"), line=node.line)
    activity.element = activity.type = node.tag
    activity.is_for_compensation = (node.get("isForCompensation") or "").lower() == "true"
    activity.job_priority = context.priority(node, "jobPriority")
    activity.properties = extension_properties(node)
    activity.documentation = documentation(node)
    context.process.add(activity, flow_scope, node)
    if isinstance(flow_scope, Activity) and flow_scope.is_multi_instance_body and flow_scope.initial is None:
        flow_scope.initial = activity  # what a body is made for comes first, before any compensation handler
    return activity


def _new_id(context: ParseContext, node: Node) -> str:
    """The element's id. An element without one gets an id that no XML id can be equal to."""
    identifier = node.id
    if identifier is None:
        return f"{node.tag}:{node.position}"
    if identifier in context.process.activities:
        context.error(f"The id '{identifier}' is used twice.", node)
        return f"{identifier}:{node.position}"
    return identifier


def extension_properties(node: Node) -> dict[str, str]:
    """camunda:properties of an element."""
    holder = node.extension("properties")
    if holder is None:
        return {}
    return {child.get("name") or "": child.get("value") or "" for child in holder.all("property", "camunda")}


def documentation(node: Node) -> str | None:
    texts = [child.text.strip() for child in node.all("documentation")]
    return "\n\n".join(texts) if texts else None
