"""Throwing escalation event, intermediate or end: told outwards; the token goes on unless the handler interrupts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.errors_thrown import execute_escalation

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class EscalationEvent(ActivityElement):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert activity.escalation is not None
        handler = execute_escalation(execution, activity.escalation.code)
        if handler is None or not handler.is_interrupting:
            # A non-interrupting handler may have made room for itself: the token is a child then.
            self.leave(execution.replaced_by or execution)


ELEMENTS = {behaviors.ESCALATION_EVENT: EscalationEvent()}
