"""Exclusive gateway: the first flow whose condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.elements.base import Element, leave_over
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import evaluate_condition

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ExclusiveGateway(Element):
    def do_leave(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        for flow in activity.outgoing:
            if flow.condition is None:
                chosen = flow is not activity.default_flow
            else:
                chosen = evaluate_condition(flow.condition, execution)
            if chosen:
                leave_over(execution, [flow])
                return
        if activity.default_flow is None:
            raise ModelError(
                f"No outgoing sequence flow of exclusive gateway '{activity.id}' could be selected for continuing the"
                " process: no condition holds and there is no default flow.",
                activity_id=activity.id,
            )
        leave_over(execution, [activity.default_flow])


ELEMENTS = {behaviors.EXCLUSIVE_GATEWAY: ExclusiveGateway()}
