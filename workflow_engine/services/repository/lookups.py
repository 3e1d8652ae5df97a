"""Finding definitions: their rows, and what the engine compiled of them."""

from __future__ import annotations

from workflow_engine import models
from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.bpmn.data import CallBinding
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


def static_called_definitions(process_definition_id: str, *, using: str | None = None) -> dict[str, list[str]]:
    """The definitions that call activities name without an expression, and the activities that call them.

    What is not deployed, or is known only when the process gets there, is left out.
    """
    alias = database.alias(using)
    caller = definitions.get(process_definition_id, alias)
    found: dict[str, list[str]] = {}
    for activity in caller.flow_nodes.values():
        if activity.call is not None and not activity.call.is_case:
            called = _static_called_id(activity.call, caller, alias)
            if called is not None:
                found.setdefault(called, []).append(activity.id)
    return found


def _static_called_id(binding: CallBinding, caller: ProcessDefinition, using: str) -> str | None:
    expressions = (binding.called_element, binding.version, binding.version_tag, binding.tenant_id)
    key, version, version_tag, tenant_id = (None if one is None else one.text for one in expressions)
    if key is None or not all(one is None or one.is_literal for one in expressions):
        return None
    try:
        return definitions.called_id(
            binding,
            key,
            caller=caller,
            version=version,
            version_tag=version_tag,
            tenant_id=caller.tenant_id or "" if tenant_id is None else tenant_id,
            using=using,
        )
    except DefinitionNotFound:
        return None
