"""Moving tokens and scopes to another place of the execution tree."""

from __future__ import annotations

from dataclasses import dataclass

from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine.entering import has_scopes_below, start_stack
from workflow_engine.engine.execution import Execution, Instantiation
from workflow_engine.engine.migration.instances import Migrating


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Of scopes that migration begins or ends."""

    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False


def room_in(scope_execution: Execution) -> Execution:
    """An execution for one more token of the scope."""
    if not scope_execution.live_children and scope_execution.activity is None:
        return scope_execution
    token = scope_execution.create_concurrent()
    token.is_active = False
    token.set_activity(None)
    return token


def move(node: Migrating, parent: Migrating) -> None:
    """Into another scope, which has an execution already."""
    room = room_in(parent.execution)
    if node.is_scope:
        _move_scope(node, room)
    else:
        _move_token(node, room)
    if node.parent is not None:
        node.parent.children.remove(node)
    parent.children.append(node)
    node.parent = parent


def _move_token(node: Migrating, room: Execution) -> None:
    token = node.token
    room.set_activity(token.activity)
    hand_over(token, room)
    room.replace(token)
    token.replaced_by = None
    node.execution = room
    if token.is_concurrent:
        _remove_carrier(token)
    else:
        token.set_activity(None)
        token.is_active = False


def _move_scope(node: Migrating, room: Execution) -> None:
    execution = node.execution
    carrier = execution.parent
    assert carrier is not None
    variables = execution.context.variables
    if carrier.is_concurrent:
        variables.move_all(carrier, room)
    else:
        variables.move_concurrent_local(carrier, room)
    execution.set_parent(room)
    if isinstance(node.source, Activity) and has_scopes_below(node.source):
        room.activity_instance_id = node.instance_id
    leave_carrier(carrier)


def leave_carrier(carrier: Execution) -> None:
    """The scope that it carried is gone."""
    if carrier.is_concurrent:
        _remove_carrier(carrier)
    else:
        carrier.leave_activity_instance()


def _remove_carrier(token: Execution) -> None:
    scope_execution = token.parent
    assert scope_execution is not None
    token.remove()
    scope_execution.try_prune_last_concurrent_child()


def hand_over(source: Execution, target: Execution) -> None:
    """What a token owns beside tasks, jobs and variables: the called instance, and incidents of its activity."""
    context = source.context
    called = source.sub_process_instance
    if called is not None:
        called.super_execution_id = target.id
        context.set_sub_process_instance(target, called)
        context.set_sub_process_instance(source, None)
    for incident in list(context.incidents.of(source)):
        if incident.activity_id == source.activity_id:
            context.incidents.of(source).remove(incident)
            incident.execution_id = target.id
            context.incidents.of(target).append(incident)


def open_scope(outer: Migrating, scope: Scope, manner: Manner) -> Migrating:
    """A scope that only the new definition has begins around what is active."""
    assert isinstance(scope, Activity)
    carrier = room_in(outer.execution)
    carrier.skip_custom_listeners = manner.skip_custom_listeners
    carrier.skip_io_mappings = manner.skip_io_mappings
    start_stack(carrier, Instantiation(activities=[scope]))
    created = carrier.live_children[-1]
    created.set_activity(None)
    created.is_active = False
    created.leave_activity_instance()
    return Migrating(
        source=scope, target=scope, execution=created, parent=outer, instance_id=carrier.activity_instance_id
    )


def remove_scope(node: Migrating, manner: Manner) -> None:
    """A scope that the new definition has not: what is active in it goes outwards, and it ends."""
    parent = node.parent
    assert parent is not None
    assert isinstance(node.source, Activity)
    for child in list(node.children):
        move(child, parent)
    execution = node.execution
    carrier = execution.parent
    assert carrier is not None
    execution.set_activity(node.source)
    execution.activity_instance_id = node.instance_id
    execution.context.lifecycle.delete_cascade(
        execution,
        "migration",
        skip_custom_listeners=manner.skip_custom_listeners,
        skip_io_mappings=manner.skip_io_mappings,
    )
    leave_carrier(carrier)
    parent.children.remove(node)
