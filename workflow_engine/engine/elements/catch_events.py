"""Events that start, are passed or are waited for: start, boundary, intermediate catch and none throw events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, StartBehavior
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.elements.base import Element

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


def follows_event_based_gateway(activity: Activity) -> bool:
    return activity.start_behavior is StartBehavior.CANCEL_EVENT_SCOPE and activity.attached_to is None


class IntermediateCatchEvent(ActivityElement):
    """Waits, unless the event-based gateway before it has waited already."""

    def execute(self, execution: Execution) -> None:
        assert execution.activity is not None
        if follows_event_based_gateway(execution.activity):
            self.leave(execution)

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        self.leave(execution)


class ConditionalCatchEvent(IntermediateCatchEvent):
    """Waits until its condition holds, which it may do at once."""

    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        conditions = execution.context.conditions
        if follows_event_based_gateway(activity) or any(
            conditions.holds(event, execution)
            for event in activity.conditional_events
            if event.activity_id == activity.id
        ):
            self.leave(execution)


class CancelBoundaryEvent(Element):
    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        if not execution.children:
            self.leave(execution)


ELEMENTS = {
    behaviors.NONE_START_EVENT: Element(),
    behaviors.EVENT_SUB_PROCESS_START_EVENT: Element(),
    behaviors.NONE_THROW_EVENT: Element(),
    behaviors.LINK_CATCH_EVENT: Element(),
    behaviors.BOUNDARY_EVENT: Element(),
    behaviors.CONDITIONAL_BOUNDARY_EVENT: Element(),
    behaviors.COMPENSATION_BOUNDARY_EVENT: Element(),
    behaviors.CANCEL_BOUNDARY_EVENT: CancelBoundaryEvent(),
    behaviors.INTERMEDIATE_CATCH_EVENT: IntermediateCatchEvent(),
    behaviors.CONDITIONAL_CATCH_EVENT: ConditionalCatchEvent(),
}
