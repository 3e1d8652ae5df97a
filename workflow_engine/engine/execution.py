"""The execution tree: creating, replacing, joining and removing executions.

An `Execution` is its row plus what it needs while a command runs. Its collections are loaded on first use. This file knows
the tree and nothing of BPMN: what an activity does when it starts or ends is told in `lifecycle.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope, SequenceFlow
from workflow_engine.engine import state
from workflow_engine.engine.errors import ModelError

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


class ActivityState(Enum):
    """Where the execution stands in the life of its current activity instance."""

    DEFAULT = 0  # waiting or between two operations
    STARTING = 1  # start listeners run
    ENDING = 2  # the activity did its work and is being left
    SCOPE_COMPLETE = 3  # ending it completes its scope
    CANCELED = 4  # interrupted, deleted or terminated


class Contents:
    """What an execution owns in the database: bits of a number. Plain ones, as every command asks for them many times."""

    CHILDREN = 1
    VARIABLES = 2
    EXTERNAL_TASKS = 4
    USER_TASKS = 8
    JOBS = 16
    SUBSCRIPTIONS = 32
    INCIDENTS = 64
    EVENT_SCOPES = 128  # children that remember a completed scope


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Execution(state.Execution):
    """A row of the execution tree while a command works on it."""

    context: CommandContext = field(init=False)
    definition: ProcessDefinition = field(init=False)
    activity: Activity | None = field(init=False, default=None)
    transition: SequenceFlow | None = field(init=False, default=None)
    next_activity: Activity | None = field(init=False, default=None)
    transitions_to_take: list[SequenceFlow] | None = field(init=False, default=None)
    replaced_by: Execution | None = field(init=False, default=None)
    activity_state: ActivityState = field(init=False, default=ActivityState.DEFAULT)
    is_ended: bool = field(init=False, default=False)
    is_removed: bool = field(init=False, default=False)
    is_delete_root: bool = field(init=False, default=False)
    delete_reason: str | None = field(init=False, default=None)
    is_externally_terminated: bool = field(init=False, default=False)
    is_starting_instance: bool = field(init=False, default=False)  # until the first activity is entered
    has_failed_listener: bool = field(init=False, default=False)  # a listener threw a BPMN error
    ignore_async: bool = field(init=False, default=False)  # joined with others: it ends without a continuation
    preserve_scope: bool = field(init=False, default=False)  # modification: do not end when the last child goes
    triggered_scope_variables: Mapping[str, object] | None = field(init=False, default=None)  # on the process instance
    skip_custom_listeners: bool = field(init=False, default=False)
    skip_io_mappings: bool = field(init=False, default=False)
    skip_sub_process_instances: bool = field(init=False, default=False)
    instantiation: Instantiation | None = field(init=False, default=None)
    # None: not loaded yet.
    child_list: list[Execution] | None = field(init=False, default=None)
    variable_map: dict[str, state.Variable] | None = field(init=False, default=None)
    external_task_list: list[state.ExternalTask] | None = field(init=False, default=None)
    user_task_list: list[state.UserTask] | None = field(init=False, default=None)
    job_list: list[state.Job] | None = field(init=False, default=None)
    subscription_list: list[state.EventSubscription] | None = field(init=False, default=None)
    incident_list: list[state.Incident] | None = field(init=False, default=None)

    def __repr__(self) -> str:
        kind = ("concurrent " if self.is_concurrent else "") + ("scope " if self.is_scope else "")
        return f"<{kind}execution {self.id} at {self.activity_id}>"

    # -- contents ---------------------------------------------------------------------------------

    def expect(self) -> None:
        """Knows from `contents` which collections are empty, so that they need not be loaded."""
        owned = self.contents
        if not owned & Contents.CHILDREN:
            self.child_list = []
        if not owned & Contents.VARIABLES:
            self.variable_map = {}
        if not owned & Contents.EXTERNAL_TASKS:
            self.external_task_list = []
        if not owned & Contents.USER_TASKS:
            self.user_task_list = []
        if not owned & Contents.JOBS:
            self.job_list = []
        if not owned & Contents.SUBSCRIPTIONS:
            self.subscription_list = []
        if not owned & Contents.INCIDENTS:
            self.incident_list = []

    def note_contents(self) -> None:
        """Keeps for the next command what this one knows; what it did not look at stays as it was."""
        owned = self.contents
        for flag, found in (
            (Contents.CHILDREN, self.child_list),
            (Contents.VARIABLES, self.variable_map),
            (Contents.EXTERNAL_TASKS, self.external_task_list),
            (Contents.USER_TASKS, self.user_task_list),
            (Contents.JOBS, self.job_list),
            (Contents.SUBSCRIPTIONS, self.subscription_list),
            (Contents.INCIDENTS, self.incident_list),
        ):
            if found is not None:
                owned = owned | flag if found else owned & ~flag
        if self.child_list is not None:
            remembers = any(child.is_event_scope for child in self.child_list)
            owned = owned | Contents.EVENT_SCOPES if remembers else owned & ~Contents.EVENT_SCOPES
        self.contents = owned

    # -- position ---------------------------------------------------------------------------------

    def set_activity(self, activity: Activity | None) -> None:
        self.activity = activity
        self.activity_id = None if activity is None else activity.id

    @property
    def scope_element(self) -> Scope | None:
        """The BPMN scope this execution stands for when it is initialized."""
        return self.definition if self.parent_id is None else self.activity

    @property
    def is_canceled(self) -> bool:
        return self.activity_state is ActivityState.CANCELED

    @property
    def is_complete_scope(self) -> bool:
        return self.activity_state is ActivityState.SCOPE_COMPLETE

    # -- relatives --------------------------------------------------------------------------------

    @property
    def is_process_instance(self) -> bool:
        return self.parent_id is None

    @property
    def parent(self) -> Execution | None:
        return None if self.parent_id is None else self.context.execution(self.parent_id)

    @property
    def process_instance(self) -> Execution:
        return self if self.parent_id is None else self.context.execution(self.process_instance_id)

    @property
    def super_execution(self) -> Execution | None:
        return None if self.super_execution_id is None else self.context.execution(self.super_execution_id)

    @property
    def sub_process_instance(self) -> Execution | None:
        return self.context.sub_process_instance(self)

    @property
    def children(self) -> list[Execution]:
        if self.child_list is None:
            self.child_list = self.context.load_children(self)
        return self.child_list

    @property
    def live_children(self) -> list[Execution]:
        """Children that are tokens or scopes: without those that only remember a completed scope."""
        return [child for child in self.children if not child.is_event_scope]

    @property
    def event_scope_children(self) -> list[Execution]:
        return [child for child in self.children if child.is_event_scope]

    def only_live_child(self) -> Execution | None:
        """The live child, if there is exactly one. Does not load all of many siblings to learn that there are many."""
        if self.child_list is None:
            found = self.context.first_live_children(self)
            if len(found) > 1:
                return None
        children = self.live_children
        return children[0] if len(children) == 1 else None

    def descendants(self) -> list[Execution]:
        self.context.load_tree(self)
        found: list[Execution] = []
        for child in self.children:
            found.append(child)
            found.extend(child.descendants())
        return found

    def set_parent(self, parent: Execution) -> None:
        current = self.parent
        if current is not None and current.child_list is not None:
            current.child_list.remove(self)
        siblings = parent.children
        self.parent_id = parent.id
        siblings.append(self)

    @property
    def parent_activity_instance_id(self) -> str | None:
        parent = self.parent
        return self.id if parent is None else parent.activity_instance_id

    @property
    def scope_execution(self) -> Execution:
        """Itself, or for a token of a scope the scope's execution."""
        if self.is_scope or self.parent is None:
            return self
        return self.parent

    # -- growing ----------------------------------------------------------------------------------

    def create_child(self) -> Execution:
        """A new execution below this one, in the same activity instance."""
        child = self.context.new_execution(
            process_instance_id=self.process_instance_id,
            root_process_instance_id=self.root_process_instance_id,
            definition=self.definition,
            tenant_id=self.tenant_id,
        )
        child.parent_id = self.id
        self.children.append(child)
        child.set_activity(self.activity)
        child.activity_instance_id = self.activity_instance_id
        child.sequence_counter = self.sequence_counter
        child.is_suspended = self.is_suspended
        child.instantiation = self.instantiation
        child.is_starting_instance = self.is_starting_instance
        child.skip_custom_listeners = self.skip_custom_listeners
        child.skip_io_mappings = self.skip_io_mappings
        return child

    def create_concurrent(self) -> Execution:
        """A new token in this scope. A scope that carried its only token itself hands that token to a child first."""
        if not self.is_scope:
            raise ModelError(f"Cannot create a concurrent execution below {self!r}: it is no scope.")
        children = self.live_children
        if not children:
            token = self.create_child()
            token.is_concurrent = True
            token.is_scope = False
            token.replace(self)
            self.is_active = False
            self.set_activity(None)
        elif len(children) == 1:
            token = self.create_child()
            token.is_concurrent = True
            token.is_scope = False
            token.is_active = False
            self.context.variables.move_concurrent_local(self, token)
            children[0].set_parent(token)
            self.leave_activity_instance()
            self.set_activity(None)
        concurrent = self.create_child()
        concurrent.is_concurrent = True
        concurrent.is_scope = False
        return concurrent

    def replace(self, other: Execution) -> None:
        """Takes over what `other` was doing: its tasks, the jobs of its activity and its variables."""
        context = self.context
        context.move_tasks(other, self)
        context.move_activity_jobs(other, self)
        if not other.is_ended:
            if other.parent_id == self.id:
                context.variables.move_all(other, self)
            else:
                context.variables.move_concurrent_local(other, self)
        self.activity_instance_id = other.activity_instance_id
        self.is_active = other.is_active
        self.replaced_by = None
        other.replaced_by = self
        self.transitions_to_take = other.transitions_to_take
        other.leave_activity_instance()

    # -- shrinking --------------------------------------------------------------------------------

    def try_prune_last_concurrent_child(self) -> bool:
        """Folds the last remaining token back into its scope."""
        last = self.only_live_child()
        if last is None or not last.is_concurrent:
            return False
        if last.is_scope:
            last.is_concurrent = False
            return True
        self.set_activity(last.activity)
        self.transition = last.transition
        self.replace(last)
        for child in list(last.children):
            child.set_parent(self)
        if not self.is_active and last.is_active:
            self.is_active = True
        last.remove()
        return True

    def remove(self) -> None:
        """Takes the execution out of the tree; its rows go with it."""
        parent = self.parent
        if parent is not None:
            if parent.child_list is not None and self in parent.child_list:
                parent.child_list.remove(self)
            parent.sequence_counter = max(parent.sequence_counter, self.sequence_counter)
            parent.skip_custom_listeners |= self.skip_custom_listeners
            parent.skip_io_mappings |= self.skip_io_mappings
        self.is_active = False
        self.is_ended = True
        if parent is not None and parent.replaced_by is self:
            parent.replaced_by = None
        for child in self.event_scope_children:
            # Its outputs went outwards when the scope that it remembers completed.
            self.context.lifecycle.destroy(child, skip_io_mappings=True)
            child.remove()
        self.context.clear_execution(self)
        self.context.delete_execution(self)

    def leave_activity_instance(self) -> None:
        self.activity_instance_id = self.parent_activity_instance_id
        self.activity_state = ActivityState.DEFAULT

    def resolved(self) -> Execution:
        """The execution that carries on this one's work after the tree grew or shrank (at most two hops)."""
        first = self.replaced_by
        if first is None:
            return self
        return first.replaced_by or first


@dataclass(slots=True)
class Instantiation:
    """A stack of activities to be entered one inside the other, and what to do at its end."""

    activities: list[Activity]
    target_activity: Activity | None = None
    target_transition: SequenceFlow | None = None
    variables: dict[str, object] = field(default_factory=dict)
    local_variables: dict[str, object] = field(default_factory=dict)
