"""Event-based gateway: waits for the first of the events behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.elements.base import Element

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class EventBasedGateway(Element):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        context = execution.context
        for event in activity.conditional_events:
            if context.conditions.holds(event, execution):
                context.lifecycle.execute_event_handler(execution, execution.definition.activity(event.activity_id))
                return


ELEMENTS = {behaviors.EVENT_BASED_GATEWAY: EventBasedGateway()}
