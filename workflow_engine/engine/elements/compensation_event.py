"""Throwing compensation event, intermediate or end: undoes what is recorded in its scope and waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine import compensation
from workflow_engine.engine.elements.base import Element

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class CompensationEvent(Element):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        if activity.compensate_ref is not None:
            records = compensation.subscriptions_of_activity(execution, activity.compensate_ref)
        else:
            records = compensation.subscriptions_in_scope(execution)
        if records:
            compensation.throw(records, execution)
        else:
            self.leave(execution)

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        if not execution.live_children:
            self.leave(execution)


ELEMENTS = {behaviors.COMPENSATION_EVENT: CompensationEvent()}
