"""The steps by which an execution leaves an activity: over its flows, or because its token ends there."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity, SequenceFlow, StartBehavior
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.canceling import TRANSITION_INTERRUPT_FLOW_SCOPE
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.entering import TRANSITION_CREATE_SCOPE, has_scopes_below
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.execution import ActivityState, Execution
from workflow_engine.engine.operations import Operation, perform


def _activity_leave(execution: Execution) -> None:
    execution.activity_state = ActivityState.ENDING
    assert execution.activity is not None
    element_of(execution.activity).do_leave(execution)


def _instance_ends(execution: Execution) -> None:
    """An activity instance ends: history and end listeners."""
    execution.sequence_counter += 1
    parent = execution.parent
    activity = execution.activity
    if parent is not None and execution.is_scope and activity is not None and activity.is_scope:
        if has_scopes_below(activity):
            execution.activity_instance_id = parent.activity_instance_id
            parent.leave_activity_instance()
    if execution.activity_instance_id is not None and activity is not None:
        execution.context.lifecycle.fire_end(execution, activity)


def _fire_activity_end(execution: Execution) -> None:
    if execution.activity is not None:
        execution.context.lifecycle.fire_end(execution, execution.activity)


def _transition_notify_listener_end(execution: Execution) -> None:
    _instance_ends(execution)

    def go_on(current: Execution) -> None:
        current.leave_activity_instance()
        perform(current, TRANSITION_DESTROY_SCOPE)

    execution.context.conditions.dispatch(execution, go_on)


def _transition_destroy_scope(execution: Execution) -> None:
    lifecycle = execution.context.lifecycle
    activity = execution.activity
    flows = execution.transitions_to_take or []
    execution.transitions_to_take = None
    propagating = execution
    assert activity is not None
    if execution.is_scope and activity.is_scope and not scopes.shares_execution_with_flow_scope(execution):
        lifecycle.destroy(execution)
        if not execution.is_concurrent:
            parent = execution.parent
            assert parent is not None
            propagating = parent
            propagating.set_activity(execution.activity)
            propagating.transition = execution.transition
            propagating.is_active = True
            execution.remove()
    if len(flows) == 1:
        lifecycle.take(propagating, flows[0])
    else:
        _fork(propagating, flows)


def _fork(propagating: Execution, flows: list[SequenceFlow]) -> None:
    propagating.is_active = False
    scope_execution = propagating.scope_execution
    outgoing: list[tuple[Execution, SequenceFlow]] = [(propagating, flows[0])]
    for position, flow in enumerate(flows[1:]):
        concurrent = scope_execution.create_concurrent()
        if position == 0 and not propagating.is_concurrent:
            # The scope's own token went to a child when the first concurrent execution was created.
            outgoing = [(scope_execution.live_children[0], flows[0])]
        outgoing.append((concurrent, flow))
    for execution, flow in reversed(outgoing):
        execution.context.lifecycle.take(execution, flow)


def _transition_notify_listener_take(execution: Execution) -> None:
    flow = execution.transition
    if flow is None:
        # As in Camunda: its scope execution is one of several, so the token that it carries is not handed to a child.
        raise ModelError(
            f"'{execution.activity_id}' cannot split its token: it stands directly in a compensation handler.",
            activity_id=execution.activity_id,
        )
    lifecycle = execution.context.lifecycle
    if flow.listeners:
        execution.context.listeners.fire(execution, flow.listeners, "take")
    if flow.target.start_behavior is StartBehavior.INTERRUPT_FLOW_SCOPE:
        execution.set_activity(None)
        perform(execution, TRANSITION_INTERRUPT_FLOW_SCOPE)
    else:
        execution.set_activity(flow.target)
        lifecycle.dispatch_and_perform(execution, TRANSITION_CREATE_SCOPE)


def _activity_notify_listener_end(execution: Execution) -> None:
    _instance_ends(execution)

    def go_on(current: Execution) -> None:
        current.leave_activity_instance()
        current.activity_instance_id = None
        perform(current, ACTIVITY_END)

    execution.context.conditions.dispatch(execution, go_on)


def _activity_end(execution: Execution) -> None:
    if execution.activity_instance_id is None:
        execution.activity_instance_id = execution.parent_activity_instance_id
    activity = execution.activity
    assert activity is not None
    lifecycle = execution.context.lifecycle
    propagating = execution
    if execution.is_scope and activity.is_scope and not scopes.shares_execution_with_flow_scope(execution):
        lifecycle.destroy(execution)
        if not execution.is_concurrent:
            parent = execution.parent
            assert parent is not None
            execution.remove()
            propagating = parent
            propagating.set_activity(activity)
    elif compensation.executes_non_scope_handler(execution):
        # A handler that ends without telling its thrower (an error nobody catches) ends the thrower's token with it.
        parent = execution.parent
        assert parent is not None
        execution.context.subscriptions.tell_given_up(execution)
        execution.remove()
        propagating = parent
        propagating.set_activity(activity)
    flow_scope = activity.flow_scope
    if not isinstance(flow_scope, Activity):
        _end_in_process(propagating)
    elif propagating.is_concurrent and not propagating.is_scope:
        parent = propagating.parent
        assert parent is not None
        element_of(flow_scope).concurrent_child_ended(parent, propagating)
    else:
        propagating.set_activity(flow_scope)
        element_of(flow_scope).complete(propagating)


def _end_in_process(execution: Execution) -> None:
    if execution.is_concurrent:
        parent = execution.parent
        assert parent is not None
        execution.remove()
        parent.try_prune_last_concurrent_child()
        return
    execution.is_ended = True
    if not execution.preserve_scope:
        perform(execution, PROCESS_END)


def _process_end(execution: Execution) -> None:
    context = execution.context
    lifecycle = context.lifecycle
    lifecycle.fire_listeners(execution, execution.definition, "end")
    lifecycle.history.process_ended(execution)
    execution.leave_activity_instance()
    super_execution = execution.super_execution
    element = None
    if super_execution is not None:
        assert super_execution.activity is not None
        element = element_of(super_execution.activity)
        element.pass_output_variables(super_execution, execution)
    lifecycle.destroy(execution)
    execution.remove()
    if super_execution is not None and element is not None:
        context.set_sub_process_instance(super_execution, None)
        lifecycle.leave(super_execution)


ACTIVITY_LEAVE = Operation("activity-leave", _activity_leave)
TRANSITION_NOTIFY_LISTENER_END = Operation(
    "transition-notify-listener-end", _transition_notify_listener_end, dropped_if_canceled=True
)
TRANSITION_DESTROY_SCOPE = Operation("transition-destroy-scope", _transition_destroy_scope)
TRANSITION_NOTIFY_LISTENER_TAKE = Operation(
    "transition-notify-listener-take",
    _transition_notify_listener_take,
    queued=True,
    async_kind="after",
    dropped_if_ended=True,
)
TRANSITION_START_NOTIFY_LISTENER_TAKE = Operation(
    "transition-start-notify-listener-take", _transition_notify_listener_take
)
ACTIVITY_NOTIFY_LISTENER_END = Operation(
    "activity-notify-listener-end", _activity_notify_listener_end, dropped_if_canceled=True
)
ACTIVITY_END = Operation("activity-end", _activity_end, async_kind="after")
FIRE_ACTIVITY_END = Operation("fire-activity-end", _fire_activity_end)
PROCESS_END = Operation("process-end", _process_end)
