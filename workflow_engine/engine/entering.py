"""The steps by which an execution enters an activity: its scope is created, its instance begins, it is executed."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.execution import ActivityState, Execution, Instantiation
from workflow_engine.engine.operations import Operation, perform


def _process_start(execution: Execution) -> None:
    lifecycle = execution.context.lifecycle
    lifecycle.fire_listeners(execution, execution.definition, "start")

    def go_on(current: Execution) -> None:
        stack = current.instantiation
        assert stack is not None
        if stack.activities:
            current.activity_instance_id = current.id
            perform(current, ACTIVITY_INIT_STACK)
        else:
            current.instantiation = None
            current.set_activity(stack.target_activity)
            perform(current, ACTIVITY_START_CREATE_SCOPE)

    execution.context.conditions.evaluate_scope(execution, go_on)


def _create_scope(execution: Execution) -> Execution:
    """A scope activity gets an execution of its own."""
    execution.activity_instance_id = execution.parent_activity_instance_id
    activity = execution.activity
    assert activity is not None
    if not activity.is_scope:
        return execution
    child = execution.create_child()
    child.set_activity(activity)
    child.transition = execution.transition
    execution.is_starting_instance = False
    execution.transition = None
    execution.is_active = False
    execution.set_activity(None)
    execution.context.lifecycle.initialize(child)
    return child


def _activity_start_create_scope(execution: Execution) -> None:
    perform(_create_scope(execution), ACTIVITY_START)


def _transition_create_scope(execution: Execution) -> None:
    perform(_create_scope(execution), TRANSITION_NOTIFY_LISTENER_START)


def _instance_starts(execution: Execution) -> None:
    """A new activity instance begins: history and start listeners."""
    lifecycle = execution.context.lifecycle
    activity = execution.activity
    assert activity is not None
    execution.activity_state = ActivityState.STARTING
    execution.sequence_counter += 1
    execution.context.count_activity(execution)
    lifecycle.enter_activity_instance(execution)
    execution.transition = None  # it has arrived: what its listeners throw is caught at its own border
    lifecycle.history.activity_started(execution)
    lifecycle.fire_listeners(execution, activity, "start")
    parent = execution.parent
    if parent is not None and execution.is_scope and activity.is_scope and has_scopes_below(activity):
        # Its instance id is remembered one level up, beside its children's.
        parent.activity_instance_id = execution.activity_instance_id


def has_scopes_below(activity: Activity) -> bool:
    return element_of(activity).is_composite or activity.throws_compensation


def _activity_start(execution: Execution) -> None:
    _instance_starts(execution)
    execution.is_starting_instance = False
    execution.context.lifecycle.dispatch_and_perform(execution, ACTIVITY_EXECUTE)


def _transition_notify_listener_start(execution: Execution) -> None:
    _instance_starts(execution)
    execution.is_starting_instance = False
    execution.context.lifecycle.dispatch_and_perform(execution, ACTIVITY_EXECUTE)


def _activity_execute(execution: Execution) -> None:
    execution.activity_state = ActivityState.DEFAULT

    def go_on(current: Execution) -> None:
        assert current.activity is not None
        element_of(current.activity).execute(current)

    assert execution.activity is not None
    if execution.activity.is_scope:
        execution.context.conditions.evaluate_scope(execution, go_on)
    else:
        go_on(execution)


def _activity_init_stack(execution: Execution) -> None:
    """Enters the next activity of an instantiation stack without executing it."""
    stack = execution.instantiation
    assert stack is not None
    activity = stack.activities.pop(0)
    propagating = execution
    if activity.is_scope:
        propagating = execution.create_child()
        execution.is_active = False
        propagating.set_activity(activity)
        execution.instantiation = None
        propagating.instantiation = stack
        execution.context.lifecycle.initialize(propagating)
    else:
        propagating.set_activity(activity)
    _instance_starts(propagating)
    propagating.activity_state = ActivityState.DEFAULT
    propagating = element_of(activity).initialize_scope(propagating)
    propagating.instantiation = stack
    if stack.activities:
        propagating.set_activity(None)
        perform(propagating, ACTIVITY_INIT_STACK)
        return
    propagating.instantiation = None
    propagating.activity_instance_id = None
    _start_target(propagating, stack)


def start_stack(execution: Execution, stack: Instantiation) -> None:
    """Modification: enters the scopes of the stack one inside the other and starts its target in the innermost."""
    if stack.activities:
        execution.instantiation = stack
        perform(execution, ACTIVITY_INIT_STACK)
    else:
        _start_target(execution, stack)


def _start_target(execution: Execution, stack: Instantiation) -> None:
    variables = execution.context.variables
    variables.set_all(execution, stack.variables)
    variables.set_all_local(execution, stack.local_variables)
    if stack.target_activity is not None:
        execution.set_activity(stack.target_activity)
        perform(execution, ACTIVITY_START_CREATE_SCOPE)
    elif stack.target_transition is not None:
        execution.set_activity(stack.target_transition.source)
        execution.transition = stack.target_transition
        execution.context.lifecycle.start_transition(execution)


PROCESS_START = Operation("process-start", _process_start, queued=True, async_kind="before")
ACTIVITY_START_CREATE_SCOPE = Operation(
    "activity-start-create-scope", _activity_start_create_scope, queued=True, async_kind="before", dropped_if_ended=True
)
TRANSITION_CREATE_SCOPE = Operation(
    "transition-create-scope", _transition_create_scope, queued=True, async_kind="before"
)
ACTIVITY_START = Operation("activity-start", _activity_start)
TRANSITION_NOTIFY_LISTENER_START = Operation("transition-notify-listener-start", _transition_notify_listener_start)
ACTIVITY_EXECUTE = Operation("activity-execute", _activity_execute)
ACTIVITY_INIT_STACK = Operation("activity-init-stack", _activity_init_stack)
