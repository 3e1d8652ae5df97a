"""What a start needs before and after the engine: an active definition, and the business key reserved where it is unique."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workflow_engine import ids
from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.engine.commands import StartProcessInstance
from workflow_engine.engine.errors import DefinitionNotFound, Suspended
from workflow_engine.engine.history import HistoryEvent, ProcessInstanceStarted
from workflow_engine.services.errors import BusinessKeyTaken
from workflow_engine.store import business_keys, database, definitions, statements
from workflow_engine.store.unit_of_work import UnitOfWork


def prepare(work: UnitOfWork, command: StartProcessInstance) -> str | None:
    """The id that the new instance must get if its business key is unique: reserved before anything runs, so that of many
    concurrent starts only one gets further than this line."""
    definition = definitions.get(command.process_definition_id, work.using)
    now = check_active(definition.definition_id, work.using)
    if not command.business_key or not business_keys.is_unique(definition):
        # A new instance has no root whose lock it may have to wait for.
        work.loader.clock = work.loader.clock or now
        return None
    reserved = ids.new_id()
    _claim(work, definition, command.business_key, reserved)
    return reserved


def check_active(process_definition_id: str, using: str) -> datetime | None:
    """Asks the row: what is compiled may be suspended or deleted since, also by another process. The time, where it came along."""
    dialect = database.dialect(using)
    records = dialect.fetch(*statements.is_suspended(dialect, process_definition_id))
    if not records:
        definitions.forget(process_definition_id, using)
        raise DefinitionNotFound(f"No process definition found for id '{process_definition_id}'.")
    if records[0][0]:
        raise Suspended(f"Process definition with id '{process_definition_id}' is suspended.")
    return dialect.clock_of(records)


def claim_business_keys(work: UnitOfWork, events: Sequence[HistoryEvent], reserved: str | None) -> None:
    """Reserves the keys of instances that the command started otherwise: called by activities, by timers, by signals."""
    for event in events:
        if not isinstance(event, ProcessInstanceStarted) or not event.business_key:
            continue
        if event.process_instance_id == reserved or event.process_definition_id is None:
            continue
        definition = definitions.get(event.process_definition_id, work.using)
        if business_keys.is_unique(definition):
            _claim(work, definition, event.business_key, event.process_instance_id or "")


def _claim(work: UnitOfWork, definition: ProcessDefinition, business_key: str, process_instance_id: str) -> None:
    tenant_id = definition.tenant_id or ""
    is_ours = business_keys.claim(
        tenant_id=tenant_id,
        process_definition_key=definition.key,
        business_key=business_key,
        process_instance_id=process_instance_id,
        now=work.now,
        using=work.using,
    )
    if not is_ours:
        holder = business_keys.holder(tenant_id, definition.key, business_key, work.using)
        raise BusinessKeyTaken(business_key, definition.key, holder or "")
