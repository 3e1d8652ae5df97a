"""Carries a plan out on one instance: checked as a whole first, then from the outside in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine.commands import MigrateProcessInstance
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.history import ProcessInstanceUpdated
from workflow_engine.engine.migration import contents, waiting
from workflow_engine.engine.migration.checks import check_instance
from workflow_engine.engine.migration.instances import Migrating, collect
from workflow_engine.engine.migration.mapping import Mapping
from workflow_engine.engine.migration.refusals import InvalidPlan
from workflow_engine.engine.migration.scope_changes import become_scope, become_token
from workflow_engine.engine.migration.tokens import Manner, move, open_scope, remove_scope
from workflow_engine.engine.migration.validators import validate_plan

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def migrate_process_instance(context: CommandContext, command: MigrateProcessInstance) -> None:
    plan = command.plan
    source = context.environment.definition(plan.source_definition_id)
    target = context.environment.definition(plan.target_definition_id)
    reports = validate_plan(plan, source, target)
    if reports:
        raise InvalidPlan(plan, reports)
    instance = _instance(context, command, target)
    mapping = Mapping.of_plan(plan, source, target)
    context.load_tree(instance)
    root = collect(instance, mapping)
    check_instance(root, mapping)
    manner = Manner(skip_custom_listeners=command.skip_custom_listeners, skip_io_mappings=command.skip_io_mappings)
    for node in list(root.innermost_first()):
        if node.target is None:
            remove_scope(node, manner)
    _change_definition(instance, mapping)
    for node in list(root.descendants()):
        if node.parent is not None:
            _migrate(node, mapping, manner)
    for execution in (instance, *instance.descendants()):
        execution.skip_custom_listeners = execution.skip_io_mappings = False
        contents.tell_belongings(execution)
    context.variables.set_all(instance, plan.variables)


def _instance(context: CommandContext, command: MigrateProcessInstance, target: ProcessDefinition) -> Execution:
    instance = context.find_execution(command.process_instance_id)
    if instance is None or not instance.is_process_instance:
        raise NotFound(
            f"Process instance '{command.process_instance_id}' cannot be migrated. The process instance does not exist"
        )
    if instance.process_definition_id != command.plan.source_definition_id:
        raise BadInput(
            f"Process instance '{instance.id}' cannot be migrated. Its process definition '{instance.process_definition_id}' does"
            f" not match the source process definition of the migration plan '{command.plan.source_definition_id}'"
        )
    if target.tenant_id and instance.tenant_id != target.tenant_id:
        raise NotAllowed(
            f"Cannot migrate process instance '{instance.id}' to a process definition of a different tenant"
            f" ('{instance.tenant_id}' != '{target.tenant_id}')"
        )
    return instance


def _change_definition(instance: Execution, mapping: Mapping) -> None:
    """Every execution belongs to the new definition; where it is in it, is said for each in turn."""
    for execution in (instance, *instance.descendants()):
        execution.process_definition_id = mapping.target.definition_id
        execution.definition = mapping.target
        contents.migrate_incidents(execution, mapping)
        contents.migrate_event_jobs(execution, mapping)
    contents.migrate_records(instance, mapping)
    instance.context.emit(
        ProcessInstanceUpdated(
            time=instance.context.now,
            process_instance_id=instance.id,
            root_process_instance_id=instance.root_process_instance_id,
            process_definition_id=instance.process_definition_id,
            tenant_id=instance.tenant_id,
            state="SUSPENDED" if instance.is_suspended else "ACTIVE",
        )
    )
    root = Migrating(source=mapping.source, target=mapping.target, execution=instance, instance_id=instance.id)
    waiting.migrate_subscriptions(root, mapping)
    waiting.migrate_timers(root, mapping)


def _migrate(node: Migrating, mapping: Mapping, manner: Manner) -> None:
    target = node.target
    parent = node.parent
    assert isinstance(target, Activity)
    assert parent is not None
    if target.flow_scope is not parent.target:
        move(node, _scope_instance(parent, target.flow_scope, manner))
    if node.instance_id is None:
        contents.migrate_continuation(node, target)
        node.token.set_activity(target)
        return
    if node.is_scope and not target.is_scope:
        waiting.remove_all(node.execution)
        become_token(node, target)
    elif target.is_scope and not node.is_scope:
        become_scope(node, target)
    if not node.children:
        node.token.set_activity(target)
    contents.migrate_tasks(node, target)
    if node.is_scope:
        waiting.migrate_subscriptions(node, mapping)
        waiting.migrate_timers(node, mapping)
    contents.tell_activity(node, target)


def _scope_instance(around: Migrating, scope: Scope, manner: Manner) -> Migrating:
    """The instance of a scope that the new definition has put between: made once for all that is active inside."""
    if around.target is scope:
        return around
    if scope not in around.added:
        assert isinstance(scope, Activity)
        outer = _scope_instance(around, scope.flow_scope, manner)
        around.added[scope] = open_scope(outer, scope, manner)
    return around.added[scope]
