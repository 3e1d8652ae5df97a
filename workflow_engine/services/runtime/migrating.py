"""Moving running instances to another definition."""

from __future__ import annotations

from collections.abc import Iterable

from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.engine import commands as c
from workflow_engine.engine import migration
from workflow_engine.engine.errors import BadInput, DefinitionNotFound, NotAllowed
from workflow_engine.engine.migration import InstructionReport, MigrationPlan
from workflow_engine.services.command import session
from workflow_engine.services.repository.lookups import model
from workflow_engine.services.visibility import current
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def generate_migration_plan(
    source_id: str, target_id: str, *, update_event_triggers: bool = False, using: str | None = None
) -> MigrationPlan:
    """Elements of equal id, where one can become the other; the rest has to be said by hand."""
    source, target = _definition(source_id, "Source", using), _definition(target_id, "Target", using)
    return migration.generate_plan(source, target, update_event_triggers=update_event_triggers)


def validate_migration_plan(plan: MigrationPlan, *, using: str | None = None) -> list[InstructionReport]:
    """What is wrong with the plan; empty if nothing is."""
    source = _definition(plan.source_definition_id, "Source", using)
    target = _definition(plan.target_definition_id, "Target", using)
    if (source.tenant_id or "") != (target.tenant_id or "") and source.tenant_id and target.tenant_id:
        raise NotAllowed(
            f"Cannot migrate process instances between processes of different tenants ('{source.tenant_id}' !="
            f" '{target.tenant_id}')"
        )
    return migration.validate_plan(plan, source, target)


def migrate_together(
    plan: MigrationPlan,
    process_instance_ids: Iterable[str],
    *,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    user: object = None,
    using: str | None = None,
) -> None:
    """All in one transaction: the first refusal leaves every instance where it is."""
    _check(plan, using)
    alias = database.alias(using)
    commands = _commands(plan, process_instance_ids, skip_custom_listeners, skip_io_mappings)
    if not commands:
        raise BadInput("Process instance ids cannot be empty")

    def once() -> None:
        with session(alias, user=name_of(user)) as current:
            for command in commands:
                current.execute(command)

    repeating(alias, once)


def _check(plan: MigrationPlan, using: str | None) -> None:
    reports = validate_migration_plan(plan, using=using)
    if reports:
        raise migration.InvalidPlan(plan, reports)


def _commands(
    plan: MigrationPlan, process_instance_ids: Iterable[str], skip_custom_listeners: bool, skip_io_mappings: bool
) -> list[c.MigrateProcessInstance]:
    return [
        c.MigrateProcessInstance(
            process_instance_id=process_instance_id,
            plan=plan,
            skip_custom_listeners=skip_custom_listeners,
            skip_io_mappings=skip_io_mappings,
        )
        for process_instance_id in sorted(set(process_instance_ids))
    ]


def _definition(definition_id: str, which: str, using: str | None) -> ProcessDefinition:
    try:
        found, caller = model(definition_id, using=using), current()
    except DefinitionNotFound as error:
        raise BadInput(f"{which} process definition with id '{definition_id}' does not exist") from error
    if caller is not None and not (caller.sees_tenant(found.tenant_id) and caller.sees_definition(definition_id)):
        raise BadInput(f"{which} process definition with id '{definition_id}' does not exist")
    return found
