"""Finding definitions: their rows, and what the engine compiled of them."""

from __future__ import annotations

from workflow_engine import models
from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.engine.errors import DefinitionNotFound
from workflow_engine.store import database, definitions


def definition(process_definition_id: str, *, using: str | None = None) -> models.ProcessDefinition:
    found = models.ProcessDefinition.objects.using(database.alias(using)).filter(pk=process_definition_id).first()
    if found is None:
        raise DefinitionNotFound(f"No process definition found for id '{process_definition_id}'.")
    return found


def latest_definition(key: str, tenant_id: str | None = None, *, using: str | None = None) -> models.ProcessDefinition:
    """The newest version of a key. `tenant_id` "" means of no tenant; None means of any, if only one tenant has the key."""
    rows = models.ProcessDefinition.objects.using(database.alias(using)).of_key(key, tenant_id)
    if tenant_id is None and len(set(rows.values_list("tenant_id", flat=True))) > 1:
        raise DefinitionNotFound(f"Cannot choose a process definition with key '{key}': several tenants have one.")
    found = rows.first()
    if found is None:
        tenant = f" and tenant '{tenant_id}'" if tenant_id else ""
        raise DefinitionNotFound(f"No process definition found with key '{key}'{tenant}.")
    return found


def model(process_definition_id: str, *, using: str | None = None) -> ProcessDefinition:
    """The compiled model: immutable and shared, so treat it as read-only."""
    return definitions.get(process_definition_id, database.alias(using))
