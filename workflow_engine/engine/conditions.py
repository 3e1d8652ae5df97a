"""Conditional events: evaluated when a scope begins and when a variable that it sees changes.

A change in the middle of an operation is kept until the operation is over; by then the execution may have moved on, and the
event is dropped for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.data import ConditionalEvent
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import evaluate_condition, expression_condition
from workflow_engine.engine.execution import ActivityState, Execution
from workflow_engine.engine.state import EventSubscription
from workflow_engine.expressions import Expression, UnknownPropertyError

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext

Continuation = Callable[[Execution], None]


@dataclass(frozen=True, slots=True)
class VariableEvent:
    scope: Execution
    name: str
    change: str


class ConditionalEvents:
    def __init__(self, context: CommandContext) -> None:
        self.context = context
        self._delayed: list[VariableEvent] = []

    def variable_changed(self, scope: Execution, name: str, change: str) -> None:
        if scope.definition.has_conditional_events:
            self._delayed.append(VariableEvent(scope, name, change))

    # -- between operations -----------------------------------------------------------------------

    def dispatch(self, execution: Execution, continuation: Continuation | None) -> None:
        """Lets conditional events react to delayed changes, then goes on unless they moved the execution."""
        if not self._delayed:
            if continuation is not None and not execution.is_canceled:
                continuation(execution)
            return
        self._unless_moved(execution, self._dispatch_delayed, continuation)

    def evaluate_scope(self, execution: Execution, continuation: Continuation) -> None:
        """A scope begins: conditions that hold already fire before anything else happens in it."""
        if not execution.definition.has_conditional_events:
            continuation(execution)
            return
        self._unless_moved(execution, lambda current: self._dispatch(current, None), continuation, checks_cancel=False)

    def flush(self) -> None:
        """At the end of a command that only changed variables."""
        while self._delayed:
            self._dispatch_delayed(self._delayed[0].scope)

    def _unless_moved(
        self,
        execution: Execution,
        dispatching: Continuation,
        continuation: Continuation | None,
        *,
        checks_cancel: bool = True,
    ) -> None:
        before = (_instance_id(execution), execution.activity_id)
        dispatching(execution)
        current = execution.replaced_by or execution
        if continuation is not None and not current.is_canceled:
            if _is_same(before, (_instance_id(current), current.activity_id)):
                continuation(current)

    def _dispatch_delayed(self, _execution: Execution) -> None:
        events, self._delayed = self._delayed, []
        positions = {event.scope.id: (_instance_id(event.scope), event.scope.activity_id) for event in events}
        for event in events:
            scope = event.scope
            before = positions[scope.id]
            same = _is_same(before, (_instance_id(scope), scope.activity_id))
            replaced = scope.replaced_by
            if not same and replaced is not None:
                same = _is_same(before, (_instance_id(replaced), replaced.activity_id))
            if same and _is_dispatchable(scope) and not scope.is_removed:
                self._dispatch(scope, event)

    def _dispatch(self, execution: Execution, event: VariableEvent | None) -> None:
        waiting: list[Execution] = []
        self._collect(execution, waiting)
        for found in waiting:
            for subscription in list(self.context.subscriptions.of(found)):
                # As in Camunda also one that another of them has just ended: of two interrupting ones the second has its way.
                if subscription.event_type == "conditional" and not found.is_removed:
                    self._receive(found, subscription, event)

    def _collect(self, execution: Execution, waiting: list[Execution]) -> None:
        activity = execution.activity
        settled = execution.activity_state is ActivityState.DEFAULT or (activity is not None and not activity.is_scope)
        if settled and self.context.subscriptions.of(execution):
            waiting.append(execution)
        for child in list(execution.children):
            self._collect(child, waiting)

    # -- one subscription -------------------------------------------------------------------------

    def _receive(self, execution: Execution, subscription: EventSubscription, event: VariableEvent | None) -> None:
        activity = execution.definition.activity(subscription.activity_id)
        definition = _definition_of(activity)
        if event is None and activity.behavior == behaviors.CONDITIONAL_CATCH_EVENT:
            return  # it, or the event-based gateway before it, looks for itself when it is executed
        if execution.is_ended or not self._holds(definition, execution, event):
            return
        if activity.behavior == behaviors.EVENT_SUB_PROCESS_START_EVENT:
            assert isinstance(activity.flow_scope, Activity)
            self.context.lifecycle.execute_event_handler(execution, activity.flow_scope)
        elif activity.behavior == behaviors.CONDITIONAL_CATCH_EVENT and execution.activity is activity:
            self.context.lifecycle.leave(execution)
        else:
            self.context.lifecycle.execute_event_handler(execution, activity)

    def _holds(self, definition: ConditionalEvent, execution: Execution, event: VariableEvent | None) -> bool:
        if event is not None:
            if definition.variable_name is not None and definition.variable_name != event.name:
                return False
            if definition.variable_events and event.change not in definition.variable_events:
                return False
        return self.holds(definition, execution)

    def holds(self, definition: ConditionalEvent, execution: Execution) -> bool:
        """Whether the condition holds; a name that nobody knows yet makes it false."""
        if isinstance(definition.condition, Expression):
            try:
                return expression_condition(definition.condition, execution)
            except UnknownPropertyError:
                return False
        return evaluate_condition(definition.condition, execution)


def _definition_of(activity: Activity) -> ConditionalEvent:
    holders = [activity.event_scope, activity, activity.flow_scope]
    if isinstance(activity.flow_scope, Activity):
        holders.append(activity.flow_scope.event_scope)
        holders.append(activity.flow_scope.flow_scope)
    for holder in holders:
        for found in () if holder is None else holder.conditional_events:
            if found.activity_id == activity.id:
                return found
    raise ModelError(f"Activity '{activity.id}' has no condition.", activity_id=activity.id)


def _instance_id(execution: Execution) -> str | None:
    if execution.is_concurrent:
        return execution.activity_instance_id
    activity = execution.activity
    if activity is not None and not activity.activities:
        return execution.activity_instance_id
    return execution.parent_activity_instance_id if not execution.is_removed else None


def _is_same(before: tuple[str | None, str | None], after: tuple[str | None, str | None]) -> bool:
    if before[0] is None:
        return after[0] is None and before[1] == after[1]
    return before[0] == after[0] and (before[1] is None or before[1] == after[1])


def _is_dispatchable(execution: Execution) -> bool:
    activity = execution.activity
    return activity is None or not activity.is_scope or execution.activity_state is ActivityState.DEFAULT
