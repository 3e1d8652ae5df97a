"""BPMN errors and escalations on their way outwards, through scopes and calling instances, to who catches them."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_engine.bpmn.data import ErrorHandler, EscalationHandler
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import scopes
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.errors import NotAllowed
from workflow_engine.engine.execution import Execution


class _Walk:
    """The scopes around an execution from the inside out, beyond call activities too."""

    def __init__(self, execution: Execution) -> None:
        self.mapping: scopes.Mapping = {}
        self._start = execution

    def __iter__(self) -> Iterator[Scope]:
        current: Execution | None = self._start
        while current is not None:
            mapping = scopes.mapping_of(current)
            self.mapping.update(mapping)
            scope: Scope | None = _first_scope(current)
            while scope is not None:
                yield scope
                scope = scope.flow_scope if isinstance(scope, Activity) else None
            instance = current.process_instance
            current = instance.super_execution
            if current is not None:
                assert current.activity is not None
                element_of(current.activity).pass_output_variables(current, instance)

    def holder_of(self, scope: Scope) -> Execution:
        holder = self.mapping.get(scope)
        if holder is None:  # a modification started an activity that never had its scopes around it
            raise NotAllowed(
                f"Cannot continue in scope '{scope.id}': no execution stands for it in this process instance"
            )
        return holder


def _first_scope(execution: Execution) -> Scope:
    if execution.transition is not None:
        return execution.transition.target.flow_scope
    activity = execution.activity
    assert activity is not None
    return activity if activity.is_scope else activity.flow_scope


def propagate_error(execution: Execution, code: str | None, message: str | None) -> None:
    """Continues at the nearest handler; uncaught, the site's setting decides."""
    found = _find_error_handler(execution, code)
    if found is None:
        _uncaught(execution, code, message)
        return
    handler, activity, holder = found
    variables = execution.context.variables
    if handler.code_variable is not None:
        variables.set(holder, handler.code_variable, code)
    if handler.message_variable is not None:
        variables.set(holder, handler.message_variable, message)
    execution.context.lifecycle.execute_activity(holder, activity)


def is_error_caught(execution: Execution, code: str | None) -> bool:
    return _find_error_handler(execution, code) is not None


def _find_error_handler(execution: Execution, code: str | None) -> tuple[ErrorHandler, Activity, Execution] | None:
    walk = _Walk(execution)
    thrower = execution.activity
    for scope in walk:
        for handler in scope.error_handlers:
            if handler.code is not None and handler.code != code:
                continue
            activity = _handler_activity(scope, handler.handler_activity_id)
            if thrower is not None and scopes.is_ancestor_scope(activity, thrower):
                continue  # an event sub-process does not catch what it throws itself
            assert activity.event_scope is not None
            return handler, activity, walk.holder_of(activity.event_scope)
    return None


def _handler_activity(scope: Scope, activity_id: str) -> Activity:
    """The boundary event itself, or the event sub-process that the start event begins."""
    process = scope.process if isinstance(scope, Activity) else scope
    activity: Activity = process.flow_nodes[activity_id]  # type: ignore[attr-defined]
    if isinstance(activity.flow_scope, Activity) and activity.flow_scope.triggered_by_event:
        if activity in activity.flow_scope.activities and activity.attached_to is None:
            return activity.flow_scope
    return activity


def _uncaught(execution: Execution, code: str | None, message: str | None) -> None:
    policy = execution.context.environment.uncaught_bpmn_error
    lifecycle = execution.context.lifecycle
    if policy == "terminate-instance":
        reason = f"BPMN error '{code}' thrown at '{execution.activity_id}' was not caught"
        lifecycle.delete_cascade(execution.process_instance, reason)
    elif policy == "incident":
        execution.context.incidents.open(
            execution,
            "unhandledBpmnError",
            configuration=execution.activity_instance_id,
            message=f"BPMN error '{code}' was not caught: {message or 'no message'}",
            activity_id=execution.activity_id,
        )
    else:
        lifecycle.end(execution, complete_scope=True)


def find_escalation_handler(
    execution: Execution, code: str | None
) -> tuple[EscalationHandler, Activity, Execution] | None:
    """The nearest handler of an escalation, and the execution on which it starts."""
    walk = _Walk(execution)
    thrower = execution.activity
    assert thrower is not None
    for scope in walk:
        for handler in scope.escalation_handlers:
            if handler.code is not None and handler.code != code:
                continue
            activity = _handler_activity(scope, handler.handler_activity_id)
            if activity.triggered_by_event and activity is thrower.flow_scope:
                continue
            target = activity.event_scope if handler.is_interrupting else activity.flow_scope
            assert target is not None
            return handler, activity, walk.holder_of(target)
    return None


def execute_escalation(execution: Execution, code: str | None) -> EscalationHandler | None:
    found = find_escalation_handler(execution, code)
    if found is None:
        return None
    handler, activity, holder = found
    if handler.code_variable is not None:
        execution.context.variables.set(holder, handler.code_variable, code)
    execution.context.lifecycle.execute_activity(holder, activity)
    return handler


def propagate_escalation(execution: Execution, code: str) -> None:
    """As thrown by a user task: it must be caught."""
    if execute_escalation(execution, code) is None:
        raise NotAllowed(
            f"Execution with id '{execution.activity_id}' throws an escalation event with escalationCode '{code}',"
            " but no escalation handler was defined."
        )
