"""What can be said only when a whole process has been read."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.drafts import ProcessDraft
from workflow_engine.bpmn.model import Activity
from workflow_engine.bpmn.xml import Node


def validate_process(context: ParseContext, draft: ProcessDraft) -> None:
    for activity in draft.activities.values():
        node = draft.nodes[activity]
        _resolve_default_flow(draft, activity, node)
        if activity.behavior == behaviors.EXCLUSIVE_GATEWAY:
            _validate_exclusive_gateway(context, draft, activity, node)
        if activity.async_after and any(flow.id.startswith("sequenceFlow:") for flow in draft[activity].outgoing):
            context.error("With 'asyncAfter' every outgoing sequence flow must have an id.", node)
        if activity.compensate_ref is not None:
            _validate_compensate_ref(context, draft, activity, node)


def _resolve_default_flow(draft: ProcessDraft, activity: Activity, node: Node) -> None:
    """As in Camunda a multi-instance activity's default says nothing: the flows leave its body."""
    default = node.get("default")
    if not default:
        return
    flow = draft.flows.get(default)
    if flow is not None and flow.source is activity and not activity.is_multi_instance_body:
        activity.default_flow = flow


def _validate_exclusive_gateway(context: ParseContext, draft: ProcessDraft, activity: Activity, node: Node) -> None:
    flows = draft[activity].outgoing
    if not flows:
        context.error("The exclusive gateway has no outgoing sequence flow.", node)
    if len(flows) == 1 and flows[0].condition is not None:
        context.error(
            f"The only outgoing sequence flow '{flows[0].id}' of the exclusive gateway has a condition.", node
        )
    if len(flows) < 2:
        return
    default = node.get("default")
    unconditional = [flow for flow in flows if flow.condition is None and flow.id != default]
    if any(flow.condition is not None and flow.id == default for flow in flows):
        context.error(f"The default sequence flow '{default}' of the exclusive gateway has a condition.", node)
    if default or len(unconditional) > 1:
        for flow in unconditional:
            context.error(
                f"The sequence flow '{flow.id}' of the exclusive gateway has no condition and is not the default flow.",
                node,
            )
    elif unconditional:
        context.warning(
            f"The sequence flow '{unconditional[0].id}' has no condition, so it is taken for the default flow; "
            "better say so at the exclusive gateway.",
            node,
        )


def _validate_compensate_ref(context: ParseContext, draft: ProcessDraft, activity: Activity, node: Node) -> None:
    """The activity to compensate is beside the event, or beside the event sub-process around it."""
    scope = draft.level_of(activity)
    if draft.find_at_level(activity.compensate_ref, scope) is not None:
        return
    if isinstance(scope, Activity) and scope.triggered_by_event:
        scope = scope.flow_scope
        if draft.find_at_level(activity.compensate_ref, scope) is not None:
            return
    context.error(f"There is no activity '{activity.compensate_ref}' to compensate in '{scope.id}'.", node)
