"""What all elements have in common: by default an element does nothing and is left at once over all its flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import SequenceFlow
from workflow_engine.engine.errors import ModelError, NotAllowed

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class Element:
    """One BPMN element. Holds no state: everything is on the execution and its activity."""

    is_composite = False  # contains activities: sub-processes and multi-instance bodies

    def execute(self, execution: Execution) -> None:
        """The work of the element. Returning without leaving makes it a wait state."""
        self.leave(execution)

    def leave(self, execution: Execution) -> None:
        execution.context.lifecycle.leave(execution)

    def do_leave(self, execution: Execution) -> None:
        """Chooses the outgoing flows: every unconditional one and every one whose condition holds."""
        leave_by_conditions(execution)

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        """What the element waited for has come."""
        activity = execution.activity
        assert activity is not None
        raise NotAllowed(f"Execution '{execution.id}' at '{activity.id}' waits for nothing that could be signalled.")

    def complete(self, execution: Execution) -> None:
        """The last token of a composite element's scope has ended."""
        raise ModelError(f"'{execution.activity_id}' contains no activities that could complete.")

    def concurrent_child_ended(self, scope_execution: Execution, ended: Execution) -> None:
        """One of several tokens of a composite element's scope has ended."""
        raise ModelError(f"'{ended.activity_id}' ended in a scope that has no concurrent executions.")

    def initialize_scope(self, execution: Execution) -> Execution:
        """Modification enters the element without executing it; gives the execution for what is inside."""
        return execution

    def create_inner_instance(self, scope_execution: Execution) -> Execution:
        """Modification starts one more token inside the element."""
        return scope_execution.create_concurrent()

    def inner_instance_canceled(self, scope_execution: Execution, token: Execution) -> None:
        """Modification has canceled one of several tokens inside the element."""
        if token.is_concurrent:
            token.remove()
            scope_execution.try_prune_last_concurrent_child()

    def pass_output_variables(self, execution: Execution, called_instance: Execution) -> None:
        """Of a call activity: hands the called instance's results over."""

    def is_gateway_of_events(self) -> bool:
        return False


def leave_by_conditions(execution: Execution) -> None:
    from workflow_engine.engine.evaluation import evaluate_condition

    activity = execution.activity
    assert activity is not None
    flows = [
        flow
        for flow in activity.outgoing
        if flow is not activity.default_flow
        and (flow.condition is None or evaluate_condition(flow.condition, execution))
    ]
    if not flows and activity.default_flow is not None:
        flows = [activity.default_flow]
    if flows:
        leave_over(execution, flows)
    elif activity.outgoing:
        raise ModelError(
            f"No conditional sequence flow leaving '{activity.id}' could be selected for continuing the process:"
            " no condition holds and there is no default flow.",
            activity_id=activity.id,
        )
    else:
        end_token(execution)


def leave_over(execution: Execution, flows: list[SequenceFlow]) -> None:
    joined = [] if len(flows) == 1 else [execution]
    execution.context.lifecycle.leave_via(execution, flows, joined)


def end_token(execution: Execution) -> None:
    """No flow leads on: the token ends, or a compensation handler reports that it is done."""
    from workflow_engine.engine import compensation

    activity = execution.activity
    assert activity is not None
    lifecycle = execution.context.lifecycle
    if activity.is_for_compensation and compensation.is_inside_throwing(execution):
        lifecycle.end_compensation(execution)
    else:
        lifecycle.end(execution, complete_scope=True)
