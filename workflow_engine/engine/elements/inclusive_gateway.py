"""Inclusive gateway: joins when no other token can still arrive, then takes every flow whose condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, SequenceFlow
from workflow_engine.engine.elements.base import Element
from workflow_engine.engine.elements.parallel_gateway import inactive_at
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import evaluate_condition

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class InclusiveGateway(Element):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        execution.is_active = False
        arrived = inactive_at(execution, activity)
        if len(arrived) >= len(activity.incoming) or not _others_may_arrive(execution, activity, arrived):
            execution.context.lifecycle.leave_via(execution, _flows(execution, activity), arrived)


def _flows(execution: Execution, activity: Activity) -> list[SequenceFlow]:
    flows = [
        flow
        for flow in activity.outgoing
        if flow is not activity.default_flow
        and (flow.condition is None or evaluate_condition(flow.condition, execution))
    ]
    if flows:
        return flows
    if activity.default_flow is not None:
        return [activity.default_flow]
    raise ModelError(
        f"No outgoing sequence flow of inclusive gateway '{activity.id}' could be selected for continuing the process:"
        " no condition holds and there is no default flow.",
        activity_id=activity.id,
    )


def _others_may_arrive(execution: Execution, activity: Activity, arrived: list[Execution]) -> bool:
    for other in _leaves(execution.scope_execution):
        if other not in arrived:
            start = other.activity if other.transition is None else other.transition.target
            if start is not None and is_reachable(start, activity, set()):
                return True
    return False


def _leaves(execution: Execution) -> list[Execution]:
    children = execution.live_children
    if not children:
        return [execution]
    return [leaf for child in children for leaf in _leaves(child)]


def is_reachable(source: Activity, target: Activity, visited: set[Activity]) -> bool:
    """Whether flows lead from one activity to the other, out of enclosing scopes too."""
    pending = [source]
    while pending:
        current = pending.pop()
        if current is target:
            return True
        if current in visited:
            continue
        visited.add(current)
        if current.outgoing:
            pending.extend(flow.target for flow in current.outgoing)
        elif current.behavior == behaviors.EVENT_BASED_GATEWAY:
            pending.extend(current.event_activities)
        elif isinstance(current.flow_scope, Activity):
            pending.append(current.flow_scope)
    return False


ELEMENTS = {behaviors.INCLUSIVE_GATEWAY: InclusiveGateway()}
