"""The tree of activity instances: where an instance stands, as people see it.

Computed from the executions: every leaf is in an activity (or waits before or after one: a transition instance), and every
scope around it is an activity instance of its own. Below a throwing compensation event the handlers belong to outer scopes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.context import CommandContext
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.state import Incident


@dataclass(slots=True, kw_only=True)
class TransitionInstance:
    """A token before or after an activity (asynchronous continuation). Its id is the execution's."""

    id: str
    parent_activity_instance_id: str | None
    process_instance_id: str
    process_definition_id: str
    execution_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    incidents: list[Incident]


@dataclass(slots=True, kw_only=True)
class ActivityInstance:
    id: str
    parent_activity_instance_id: str | None
    process_instance_id: str
    process_definition_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    execution_ids: list[str]
    incidents: list[Incident]
    children: list[ActivityInstance] = field(default_factory=list)
    transitions: list[TransitionInstance] = field(default_factory=list)


def activity_instance_tree(context: CommandContext, process_instance_id: str) -> ActivityInstance | None:
    """The tree of a running instance; None if it does not exist."""
    instance = context.find_execution(process_instance_id)
    if instance is None or not instance.is_process_instance or instance.is_removed:
        return None
    builder = _Builder(context, instance)
    for leaf in leaves_of(instance):
        if leaf.activity is not None and not leaf.is_ended:
            builder.add(leaf)
    return builder.build()


def leaves_of(instance: Execution) -> list[Execution]:
    """Every token of the instance in the order of their ids; those that throw compensation wait above its handlers."""
    executions = (instance, *instance.descendants())
    leaves = [found for found in executions if not found.is_event_scope and _is_leaf(found)]
    return sorted(leaves, key=lambda found: found.id)


def _is_leaf(execution: Execution) -> bool:
    return not execution.live_children or compensation.is_throwing(execution)


def _has_no_scope_of_its_own(throwing: Activity, mapping: scopes.Mapping) -> bool:
    """A throwing event that waits on the execution of its flow scope, or at the boundary of a transaction."""
    return not throwing.is_scope or mapping.get(throwing) is mapping.get(throwing.flow_scope)


class _Builder:
    def __init__(self, context: CommandContext, instance: Execution) -> None:
        self.context = context
        self.root = self._activity_instance(instance, instance.definition, instance.id, None)
        self.instances = {instance.id: self.root}
        self.transitions: list[TransitionInstance] = []

    def add(self, leaf: Execution) -> None:
        activity = leaf.activity
        assert activity is not None
        mapping = scopes.mapping_of(leaf)
        remaining = {scope: holder for scope, holder in mapping.items() if isinstance(scope, Activity)}
        if leaf.activity_instance_id is None:
            self._add_transition(leaf, activity)
            remaining.pop(activity, None)
        elif not compensation.is_throwing(leaf) or _has_no_scope_of_its_own(activity, mapping):
            parent_id = mapping[activity.flow_scope].parent_activity_instance_id
            self._put(leaf, activity, leaf.activity_instance_id, parent_id)
            remaining.pop(activity, None)
        for scope, holder in remaining.items():
            instance_id = holder.parent_activity_instance_id
            if instance_id is not None and instance_id not in self.instances:
                self._put(holder, scope, instance_id, mapping[scope.flow_scope].parent_activity_instance_id)

    def _put(self, execution: Execution, scope: Scope, instance_id: str, parent_id: str | None) -> None:
        self.instances[instance_id] = self._activity_instance(execution, scope, instance_id, parent_id)

    def _activity_instance(
        self, execution: Execution, scope: Scope, instance_id: str, parent_id: str | None
    ) -> ActivityInstance:
        execution_ids = [execution.id]
        incidents: list[Incident] = []
        # A scope execution in an activity of its own shows that activity's incidents there, not on the scope.
        if execution.activity is None or execution.activity is scope:
            incidents.extend(self.context.incidents.of(execution))
        for child in execution.live_children:
            if child.is_concurrent and child.activity_id is None:
                execution_ids.append(child.id)
                incidents.extend(self.context.incidents.of(child))
        return ActivityInstance(
            id=instance_id,
            parent_activity_instance_id=parent_id,
            process_instance_id=execution.process_instance_id,
            process_definition_id=execution.process_definition_id,
            activity_id=scope.id if isinstance(scope, Activity) else execution.process_definition_id,
            activity_name=scope.name,
            activity_type=scope.type if isinstance(scope, Activity) else "processDefinition",
            execution_ids=execution_ids,
            incidents=incidents,
        )

    def _add_transition(self, leaf: Execution, activity: Activity) -> None:
        self.transitions.append(
            TransitionInstance(
                id=leaf.id,
                parent_activity_instance_id=leaf.parent_activity_instance_id,
                process_instance_id=leaf.process_instance_id,
                process_definition_id=leaf.process_definition_id,
                execution_id=leaf.id,
                activity_id=activity.id,
                activity_name=activity.name,
                activity_type=activity.type,
                incidents=self.context.incidents.of(leaf),
            )
        )

    def build(self) -> ActivityInstance:
        for instance in self.instances.values():
            parent_id = instance.parent_activity_instance_id
            if parent_id is not None:
                # Scopes that share an execution share the id too: the instance would be its own parent. One that shares the
                # root's takes its place, and as in Camunda nobody sees it then.
                outermost = self.instances[self.root.id]
                parent = outermost if parent_id == instance.id else self.instances.get(parent_id, outermost)
                parent.children.append(instance)
        for transition in self.transitions:
            parent_id = transition.parent_activity_instance_id
            self.instances.get(parent_id or "", self.root).transitions.append(transition)
        return self.root
