"""End events that do more than end their token: error, cancel, terminate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.elements.base import Element
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.errors_thrown import propagate_error
from workflow_engine.engine.evaluation import evaluate

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ErrorEndEvent(ActivityElement):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert activity.error is not None
        message = None if activity.error.message is None else evaluate(activity.error.message, execution)
        propagate_error(execution, activity.error.code, None if message is None else str(message))


class TerminateEndEvent(Element):
    """Its start behaviour has interrupted the scope already: this is the last token in it."""

    def execute(self, execution: Execution) -> None:
        execution.context.lifecycle.end(execution, complete_scope=True)


class CancelEndEvent(ActivityElement):
    """Undoes what the transaction did, then goes on at its cancel boundary event."""

    def execute(self, execution: Execution) -> None:
        records = compensation.subscriptions_in_scope(execution)
        if records:
            compensation.throw(records, execution)
        else:
            self.leave(execution)

    def do_leave(self, execution: Execution) -> None:
        boundary = _cancel_boundary_event(execution)
        assert boundary.event_scope is not None
        holder = scopes.execution_for_flow_scope(execution, boundary.event_scope)
        execution.context.lifecycle.execute_activity(holder, boundary)

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        if not execution.children:
            self.leave(execution)


def _cancel_boundary_event(execution: Execution) -> Activity:
    activity = execution.activity
    assert activity is not None
    hosts = (activity.flow_scope, getattr(activity.flow_scope, "flow_scope", None))
    for candidate in execution.definition.flow_nodes.values():
        if candidate.behavior == behaviors.CANCEL_BOUNDARY_EVENT and candidate.attached_to is not None:
            if candidate.attached_to is hosts[0] or (hosts[1] is not None and candidate.event_scope is hosts[1]):
                return candidate
    raise ModelError(
        f"Could not find the cancel boundary event for cancel end event '{activity.id}'.", activity_id=activity.id
    )


ELEMENTS = {
    behaviors.NONE_END_EVENT: Element(),
    behaviors.ERROR_END_EVENT: ErrorEndEvent(),
    behaviors.TERMINATE_END_EVENT: TerminateEndEvent(),
    behaviors.CANCEL_END_EVENT: CancelEndEvent(),
}
