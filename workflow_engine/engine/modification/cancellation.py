"""Canceling by hand: the named instance, and the scopes around it that would be left empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine.activity_instances import (
    ActivityInstance,
    TransitionInstance,
    activity_instance_tree,
)
from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.errors import BadInput, Suspended
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.modification.manner import DEFAULT_REASON, Manner, failure
from workflow_engine.engine.modification.scope_executions import ScopeExecutions, scope_of


def cancel(instance: Execution, instruction: ModificationInstruction, manner: Manner) -> None:
    if instruction.activity_instance_id is not None:
        cancel_activity_instance(instance, instruction, manner)
    elif instruction.transition_instance_id is not None:
        cancel_transition_instance(instance, instruction, manner)
    else:
        with_reason = replace(manner, reason=DEFAULT_REASON)
        for single in instructions_for_all(instance, instruction):
            cancel(instance, single, with_reason)


def instructions_for_all(instance: Execution, instruction: ModificationInstruction) -> list[ModificationInstruction]:
    """One instruction for every instance of the activity that there is now."""
    activity = instance.definition.flow_nodes.get(instruction.activity_id or "")
    if activity is None:
        return []  # as in Camunda: of what does not exist there are no instances
    tree = activity_instance_tree(instance.context, instance.id)
    around = set(_scope_ids(activity))
    found = [] if tree is None else list(_walk(tree, around))
    return [
        *(
            ModificationInstruction(kind="cancel", activity_instance_id=node.id)
            for node in found
            if node.activity_id == activity.id
        ),
        *(
            ModificationInstruction(kind="cancel", transition_instance_id=transition.id)
            for node in found
            for transition in node.transitions
            if transition.activity_id == activity.id
        ),
    ]


def _scope_ids(activity: Activity) -> Iterator[str]:
    scope: Scope = activity
    while isinstance(scope, Activity):
        yield scope.id
        scope = scope.flow_scope
    yield activity.process.definition_id


def _walk(tree: ActivityInstance, around: set[str]) -> Iterator[ActivityInstance]:
    """The instances on the way to the activity: nothing else can contain it."""
    if tree.activity_id in around:
        yield tree
        for child in tree.children:
            yield from _walk(child, around)


def cancel_activity_instance(instance: Execution, instruction: ModificationInstruction, manner: Manner) -> None:
    tree = activity_instance_tree(instance.context, instance.id)
    found = None if tree is None else find_activity_instance(tree, instruction.activity_instance_id)
    if found is None:
        raise BadInput(failure(instruction, f"Activity instance '{instruction.activity_instance_id}' does not exist"))
    scope = scope_of(instance.definition, found)
    cancel_execution(ScopeExecutions(instance).of_activity_instance(scope, found), manner)


def cancel_transition_instance(instance: Execution, instruction: ModificationInstruction, manner: Manner) -> None:
    tree = activity_instance_tree(instance.context, instance.id)
    found = None
    if tree is not None and instruction.transition_instance_id is not None:
        found = _find_transition_instance(instance, tree, instruction.transition_instance_id)
    if found is None:
        raise BadInput(
            failure(instruction, f"Transition instance '{instruction.transition_instance_id}' does not exist")
        )
    cancel_execution(instance.context.execution(found.execution_id), replace(manner, reason=DEFAULT_REASON))


def find_activity_instance(tree: ActivityInstance, instance_id: str | None) -> ActivityInstance | None:
    pending = [tree]
    while pending:
        node = pending.pop()
        if node.id == instance_id:
            return node
        pending.extend(node.children)
    return None


def _find_transition_instance(
    instance: Execution, tree: ActivityInstance, instance_id: str
) -> TransitionInstance | None:
    """Its id is the execution's, which an instruction before may have replaced by another one."""
    wanted = {instance_id}
    execution = instance.context.find_execution(instance_id)
    if execution is not None:
        wanted.add(execution.resolved().id)
    pending = [tree]
    while pending:
        node = pending.pop()
        for transition in node.transitions:
            if transition.id in wanted:
                return transition
        pending.extend(node.children)
    return None


def cancel_execution(execution: Execution, manner: Manner) -> None:
    """Cancels the outermost scope that holds nothing but this execution."""
    lifecycle = execution.context.lifecycle
    outermost = execution
    while (around := parent_scope(outermost)) is not None and len(around.live_children) <= 1:
        outermost = around
    if outermost.preserve_scope:
        if outermost.is_suspended and outermost.activity is not None:
            raise Suspended(
                f"Cannot cancel activity '{outermost.activity_id}': execution '{outermost.id}' is suspended."
            )
        lifecycle.interrupt(
            outermost,
            manner.reason,
            skip_custom_listeners=manner.skip_custom_listeners,
            skip_io_mappings=manner.skip_io_mappings,
            externally_terminated=manner.is_external,
        )
        outermost.leave_activity_instance()
        outermost.set_activity(None)
        return
    lifecycle.delete_cascade(
        outermost,
        manner.reason,
        skip_custom_listeners=manner.skip_custom_listeners,
        skip_io_mappings=manner.skip_io_mappings,
        externally_terminated=manner.is_external,
    )
    tidy_scope_of(outermost)


def parent_scope(execution: Execution) -> Execution | None:
    parent = execution.parent
    return parent if parent is None or parent.is_scope else parent.parent


def tidy_scope_of(removed: Execution) -> None:
    """The scope that has lost one of several tokens is told so."""
    if removed.activity is None and removed.super_execution is not None:
        removed = removed.super_execution
    activity = removed.activity
    if activity is None:
        return
    scope_execution = parent_scope(removed)
    token = removed if removed.is_concurrent else removed.parent
    if token is None or scope_execution is None:
        return
    if isinstance(activity.flow_scope, Activity):
        element_of(activity.flow_scope).inner_instance_canceled(scope_execution, token)
    elif token.is_concurrent:
        token.remove()
        scope_execution.try_prune_last_concurrent_child()
