"""What happens to any element: it is started, executed, left, ended or canceled, whatever it is.

Elements (`elements/`) say what they do inside; this file moves executions between them. The operations and their order are
those of Camunda 7's process virtual machine, because the recorded traces pin them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import Activity, Scope, SequenceFlow, StartBehavior
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.canceling import (
    ACTIVITY_START_CANCEL_SCOPE,
    ACTIVITY_START_CONCURRENT,
    ACTIVITY_START_INTERRUPT_SCOPE,
    DELETE_CASCADE_FIRE_ACTIVITY_END,
)
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.entering import ACTIVITY_START_CREATE_SCOPE, PROCESS_START, TRANSITION_CREATE_SCOPE
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.execution import ActivityState, Execution
from workflow_engine.engine.history_events import HistoryEvents
from workflow_engine.engine.leaving import (
    ACTIVITY_END,
    ACTIVITY_LEAVE,
    ACTIVITY_NOTIFY_LISTENER_END,
    FIRE_ACTIVITY_END,
    TRANSITION_NOTIFY_LISTENER_END,
    TRANSITION_NOTIFY_LISTENER_TAKE,
    TRANSITION_START_NOTIFY_LISTENER_TAKE,
)
from workflow_engine.engine.operations import Operation, perform

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


class Lifecycle:
    """The operations of one command."""

    def __init__(self, context: CommandContext) -> None:
        self.context = context
        self.history = HistoryEvents(context)

    # -- entering ---------------------------------------------------------------------------------

    def initialize(self, execution: Execution) -> None:
        """A scope begins: it subscribes to the events that its boundary events and event sub-processes catch."""
        scope = execution.scope_element
        if scope is not None:
            self.context.subscriptions.create_declared(execution, scope)

    def initialize_timers(self, execution: Execution) -> None:
        scope = execution.scope_element
        if scope is not None and scope.timers:
            self.context.jobs.create_timers(execution, scope)

    def execute_activity(self, execution: Execution, activity: Activity) -> None:
        """Starts an activity that no sequence flow leads to: the first of its scope, or one started by an event."""
        behavior = activity.start_behavior
        if behavior is StartBehavior.CONCURRENT_IN_FLOW_SCOPE:
            execution.next_activity = activity
            perform(execution, ACTIVITY_START_CONCURRENT)
        elif behavior is StartBehavior.CANCEL_EVENT_SCOPE:
            execution.next_activity = activity
            perform(execution, ACTIVITY_START_CANCEL_SCOPE)
        elif behavior is StartBehavior.INTERRUPT_EVENT_SCOPE:
            execution.next_activity = activity
            perform(execution, ACTIVITY_START_INTERRUPT_SCOPE)
        else:
            execution.set_activity(activity)
            execution.activity_instance_id = None
            self.hand_over_triggered_variables(execution, activity)
            perform(execution, ACTIVITY_START_CREATE_SCOPE)

    def hand_over_triggered_variables(self, execution: Execution, activity: Activity) -> None:
        """Variables that came with the message for the scope that the message begins."""
        if activity.type not in ("messageStartEvent", "boundaryMessage"):
            return
        instance = execution.process_instance
        if instance.triggered_scope_variables:
            values, instance.triggered_scope_variables = instance.triggered_scope_variables, None
            self.context.variables.set_all_local(execution, values)

    def execute_event_handler(self, execution: Execution, handler: Activity) -> None:
        """`execution` waits for the event that `handler` (boundary event or event sub-process) catches."""
        if (
            handler.start_behavior is StartBehavior.CONCURRENT_IN_FLOW_SCOPE
            and handler.flow_scope is not handler.event_scope
        ):
            assert handler.event_scope is not None
            execution = scopes.execution_for_scope(execution, handler.event_scope, handler.flow_scope)
        self.execute_activity(execution, handler)

    def enter_activity_instance(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        execution.activity_instance_id = self.context.environment.new_id(execution.root_process_instance_id)
        self._execute_input_mapping(execution)
        if activity.is_scope:
            self.initialize_timers(execution)

    def _execute_input_mapping(self, execution: Execution) -> None:
        if execution.parent_id is None or execution.skip_io_mappings:
            return
        activity = execution.activity
        if activity is not None and activity.io_mapping is not None:
            self.context.variables.execute_inputs(execution, activity.io_mapping)

    # -- taking flows -----------------------------------------------------------------------------

    def leave_via(self, execution: Execution, flows: list[SequenceFlow], joined: list[Execution]) -> None:
        """Leaves the current activity over `flows`; the other executions of `joined` end here (a join)."""
        if len(joined) > 1:
            self.context.variables.discard(execution)
        for other in joined:
            other.is_ended = True
        for other in joined:
            if other is not execution:
                other.ignore_async = True
                self.end(other, complete_scope=not flows)
        propagating = execution.replaced_by or execution
        propagating.is_active = True
        propagating.is_ended = False
        if not flows:
            self.end(propagating, complete_scope=not propagating.is_concurrent)
        else:
            propagating.transitions_to_take = flows
            perform(propagating, TRANSITION_NOTIFY_LISTENER_END)

    def take(self, execution: Execution, flow: SequenceFlow) -> None:
        execution.transition = flow
        execution.set_activity(flow.source)
        execution.activity_instance_id = None
        execution.is_active = True
        perform(execution, TRANSITION_NOTIFY_LISTENER_TAKE)

    def start_transition(self, execution: Execution) -> None:
        """Modification starts on a flow, past the activity that it leaves."""
        perform(execution, TRANSITION_START_NOTIFY_LISTENER_TAKE)

    # -- leaving ----------------------------------------------------------------------------------

    def leave(self, execution: Execution) -> None:
        """The activity did its work."""
        self.dispatch_and_perform(execution, ACTIVITY_LEAVE)

    def end(self, execution: Execution, *, complete_scope: bool) -> None:
        """The token ends here."""
        if complete_scope and not execution.is_canceled:
            execution.activity_state = ActivityState.SCOPE_COMPLETE
        execution.is_active = False
        execution.is_ended = True
        parent = execution.parent
        if parent is not None and parent.replaced_by is execution:
            parent.replaced_by = None
        perform(execution, ACTIVITY_NOTIFY_LISTENER_END)

    def end_compensation(self, execution: Execution) -> None:
        """A compensation handler is done: its thrower may go on."""
        perform(execution, FIRE_ACTIVITY_END)
        parent = execution.parent
        activity = execution.activity
        assert parent is not None
        assert activity is not None
        if execution.is_concurrent:
            self.context.subscriptions.tell_compensated(execution)
        execution.remove()
        if parent.activity is None and isinstance(activity.flow_scope, Activity):
            parent.set_activity(activity.flow_scope)
        self.signal(parent, compensation.SIGNAL_COMPENSATION_DONE)

    def signal(self, execution: Execution, name: str | None = None, data: object = None) -> None:
        """Wakes the activity in which the execution waits."""
        if execution.activity is None:
            raise ModelError(f"Cannot signal execution '{execution.id}': it is in no activity.")
        element_of(execution.activity).signal(execution, name, data)

    # -- canceling --------------------------------------------------------------------------------

    def destroy(self, execution: Execution, *, skip_io_mappings: bool = False) -> None:
        """A scope ends: output mappings run, everything that waits in it goes."""
        activity = execution.activity
        if activity is not None and activity.io_mapping is not None:
            if not (execution.skip_io_mappings or skip_io_mappings):
                self.context.variables.execute_outputs(execution, activity.io_mapping)
        self.context.clear_execution(execution, keep_compensation=True)
        execution.is_scope = False

    def interrupt(
        self,
        execution: Execution,
        reason: str | None,
        *,
        skip_custom_listeners: bool = False,
        skip_io_mappings: bool = False,
        externally_terminated: bool = False,
    ) -> None:
        """Cancels everything inside the scope, but not the scope itself."""
        context = self.context
        cancel = partial(
            self.delete_cascade,
            reason=reason,
            skip_custom_listeners=skip_custom_listeners,
            skip_io_mappings=skip_io_mappings,
            externally_terminated=externally_terminated,
        )
        execution.skip_custom_listeners = skip_custom_listeners
        execution.skip_io_mappings = skip_io_mappings
        if execution.preserve_scope:
            context.jobs.remove_activity_jobs(execution)
        else:
            context.jobs.remove_all(execution)
            context.subscriptions.remove_all(execution, keep_compensation=True)
        context.user_tasks.remove_all(execution, reason)
        sub_instance = execution.sub_process_instance
        if sub_instance is not None:
            cancel(sub_instance)
        for child in execution.live_children:
            sub_instance = child.sub_process_instance
            if sub_instance is not None:
                cancel(sub_instance)
            cancel(child)
        context.external_tasks.remove_all(execution)
        if (execution.is_active or externally_terminated) and execution.activity is not None:
            if execution.activity_state is not ActivityState.ENDING:
                execution.activity_state = ActivityState.CANCELED
                perform(execution, FIRE_ACTIVITY_END)
            execution.activity_state = ActivityState.DEFAULT

    def delete_cascade(
        self,
        execution: Execution,
        reason: str | None,
        *,
        skip_custom_listeners: bool = False,
        skip_io_mappings: bool = False,
        externally_terminated: bool = False,
        skip_sub_process_instances: bool = False,
    ) -> None:
        """Deletes the execution and everything below it, leaves first."""
        self.context.load_tree(execution)
        execution.delete_reason = reason
        execution.is_delete_root = True
        execution.is_ended = True
        execution.skip_custom_listeners = skip_custom_listeners
        execution.skip_io_mappings = skip_io_mappings
        execution.is_externally_terminated = externally_terminated
        execution.skip_sub_process_instances = skip_sub_process_instances
        while True:
            leaf = self._next_leaf(execution)
            if leaf.is_removed:
                return  # a token goes together with the scope that it carried
            root = self._delete_root_of(leaf)
            if root is not None:
                leaf.skip_custom_listeners = root.skip_custom_listeners
                leaf.skip_io_mappings = root.skip_io_mappings
            self._delete_sub_instance(leaf, execution, root)
            perform(leaf, DELETE_CASCADE_FIRE_ACTIVITY_END)
            if leaf.is_delete_root:
                return

    def _delete_sub_instance(self, leaf: Execution, execution: Execution, root: Execution | None) -> None:
        sub_instance = leaf.sub_process_instance
        if sub_instance is None:
            return
        if root is not None and root.skip_sub_process_instances:
            sub_instance.super_execution_id = None
            self.context.set_sub_process_instance(leaf, None)
            return
        self.delete_cascade(
            sub_instance,
            execution.delete_reason,
            skip_custom_listeners=leaf.skip_custom_listeners,
            skip_io_mappings=leaf.skip_io_mappings,
            externally_terminated=root is not None and root.is_externally_terminated,
        )

    def _next_leaf(self, execution: Execution) -> Execution:
        while execution.children:
            execution = execution.children[0]
        return execution

    def _delete_root_of(self, execution: Execution | None) -> Execution | None:
        while execution is not None and not execution.is_delete_root:
            execution = execution.parent
        return execution

    # -- events in between ------------------------------------------------------------------------

    def dispatch_and_perform(self, execution: Execution, operation: Operation) -> None:
        """Conditional events that a variable change has made due come first; they may cancel what was to follow."""
        self.context.conditions.dispatch(execution, lambda current: perform(current, operation))

    def fire_listeners(self, execution: Execution, scope: Scope, event: str) -> None:
        if not (event == "end" and execution.has_failed_listener):
            self.context.listeners.fire(execution, scope.listeners.get(event, ()), event)

    def fire_end(self, execution: Execution, activity: Activity) -> None:
        self.fire_listeners(execution, activity, "end")
        self.history.activity_ended(execution)


# What an asynchronous continuation may have put off, by the name that its job keeps.
CONTINUATIONS = {
    operation.name: operation
    for operation in (
        PROCESS_START,
        ACTIVITY_START_CREATE_SCOPE,
        TRANSITION_CREATE_SCOPE,
        TRANSITION_NOTIFY_LISTENER_TAKE,
        ACTIVITY_END,
    )
}
