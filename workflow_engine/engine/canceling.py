"""The steps of interrupting and deleting: what an event or an operator cuts short."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import compensation
from workflow_engine.engine.entering import ACTIVITY_START_CREATE_SCOPE, TRANSITION_CREATE_SCOPE, has_scopes_below
from workflow_engine.engine.execution import ActivityState, Execution
from workflow_engine.engine.operations import Operation, perform


def _interrupt_scope(execution: Execution, activity: Activity) -> Execution:
    scope_execution = execution.scope_execution
    if scope_execution is not execution:
        # Its own end must not be told as a cancellation, and the scope goes on without it.
        execution.remove()
    execution.context.lifecycle.interrupt(scope_execution, f"Interrupting activity {activity.id} executed.")
    scope_execution.set_activity(activity)
    scope_execution.is_active = True
    scope_execution.transition = execution.transition
    return scope_execution


def _transition_interrupt_flow_scope(execution: Execution) -> None:
    assert execution.transition is not None
    scope_execution = _interrupt_scope(execution, execution.transition.target)
    execution.context.lifecycle.dispatch_and_perform(scope_execution, TRANSITION_CREATE_SCOPE)


def _activity_start_interrupt_scope(execution: Execution) -> None:
    activity = execution.next_activity
    assert activity is not None
    execution.next_activity = None
    scope_execution = _interrupt_scope(execution, activity)
    scope_execution.activity_instance_id = None
    perform(scope_execution, ACTIVITY_START_CREATE_SCOPE)


def _activity_start_concurrent(execution: Execution) -> None:
    activity = execution.next_activity
    execution.next_activity = None
    concurrent = execution.create_concurrent()
    assert activity is not None
    concurrent.set_activity(activity)
    execution.context.lifecycle.hand_over_triggered_variables(concurrent, activity)
    concurrent.activity_instance_id = None
    perform(concurrent, ACTIVITY_START_CREATE_SCOPE)


def _activity_start_cancel_scope(execution: Execution) -> None:
    activity = execution.next_activity
    assert activity is not None
    execution.next_activity = None
    execution.is_active = True
    propagating = _cancel_scope(execution, activity)
    propagating.set_activity(activity)
    execution.context.lifecycle.hand_over_triggered_variables(propagating, activity)
    propagating.is_active = True
    propagating.is_ended = False
    propagating.activity_instance_id = None
    perform(propagating, ACTIVITY_START_CREATE_SCOPE)


def _cancel_scope(execution: Execution, activity: Activity) -> Execution:
    """Cancels what `activity` interrupts; gives the execution that enters it: the next outer one.

    A compensation handler's execution is a scope and one of several: where there is no other for what is canceled, it stays.
    """
    lifecycle = execution.context.lifecycle
    reason = f"Cancel scope activity {activity.id} executed."
    if not execution.is_concurrent:
        parent = execution.parent
        assert parent is not None
        lifecycle.delete_cascade(execution, reason)
        return parent
    lifecycle.interrupt(execution, reason)
    canceled = activity.event_scope
    execution.set_activity(canceled if isinstance(canceled, Activity) else None)
    execution.leave_activity_instance()
    lifecycle.interrupt(execution, reason)
    lifecycle.destroy(execution)
    return execution


def _delete_cascade_fire_activity_end(execution: Execution) -> None:
    execution.sequence_counter += 1
    execution.activity_state = ActivityState.CANCELED
    lifecycle = execution.context.lifecycle
    activity = execution.activity
    parent = execution.parent
    if parent is not None and execution.is_scope and activity is not None and activity.is_scope:
        if has_scopes_below(activity):
            execution.activity_instance_id = parent.activity_instance_id
            parent.leave_activity_instance()
    if execution.activity_instance_id is not None:
        _fire_cancel(execution)
    if _leaves_non_scope_activity(execution):
        assert activity is not None
        # The scope execution carried a token of its own: first that activity goes, then the scope.
        execution.context.user_tasks.remove_all(execution)
        execution.context.external_tasks.remove_all(execution)
        execution.leave_activity_instance()
        execution.set_activity(activity.flow_scope if isinstance(activity.flow_scope, Activity) else None)
        perform(execution, DELETE_CASCADE_FIRE_ACTIVITY_END)
        return
    if execution.is_scope:
        lifecycle.destroy(execution)
        if activity is not None and compensation.is_inside_throwing(execution):
            execution.context.subscriptions.tell_given_up(execution)
    execution.remove()
    if not execution.is_delete_root:
        _continue_deletion(execution, activity)


def _fire_cancel(execution: Execution) -> None:
    """End listeners of the canceled activity; of the process when the execution has none left."""
    scope: Scope | None = execution.activity
    ancestor = execution.parent
    while scope is None and ancestor is not None:
        scope = ancestor.activity
        ancestor = ancestor.parent
    lifecycle = execution.context.lifecycle
    if isinstance(scope, Activity):
        lifecycle.fire_listeners(execution, scope, "end")
        if execution.activity is not None:
            lifecycle.history.activity_ended(execution)
        return
    lifecycle.fire_listeners(execution, execution.definition, "end")
    if execution.is_process_instance:
        lifecycle.history.process_ended(execution)


def _leaves_non_scope_activity(execution: Execution) -> bool:
    activity = execution.activity
    if not execution.is_scope or activity is None:
        return False
    waits_before = execution.activity_instance_id is None
    return (not activity.is_scope or waits_before) and not compensation.executes_non_scope_handler(execution)


def _continue_deletion(execution: Execution, activity: Activity | None) -> None:
    parent = execution.parent
    if parent is not None and not parent.is_scope and not parent.children:
        parent.remove()
        if parent.is_delete_root:
            return
        parent = parent.parent
    if parent is not None and parent.activity is None and activity is not None:
        if isinstance(activity.flow_scope, Activity):
            parent.set_activity(activity.flow_scope)


TRANSITION_INTERRUPT_FLOW_SCOPE = Operation("transition-interrupt-scope", _transition_interrupt_flow_scope)
ACTIVITY_START_CONCURRENT = Operation(
    "activity-start-concurrent", _activity_start_concurrent, follows_replacement=False
)
ACTIVITY_START_CANCEL_SCOPE = Operation(
    "activity-start-cancel-scope", _activity_start_cancel_scope, follows_replacement=False
)
ACTIVITY_START_INTERRUPT_SCOPE = Operation(
    "activity-start-interrupt-scope", _activity_start_interrupt_scope, follows_replacement=False
)
DELETE_CASCADE_FIRE_ACTIVITY_END = Operation("delete-cascade-fire-activity-end", _delete_cascade_fire_activity_end)
