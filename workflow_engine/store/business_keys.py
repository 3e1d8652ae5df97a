"""Business keys that were declared unique: reserved in the transaction of the start, by a primary key that only one can have."""

from __future__ import annotations

from datetime import datetime

from workflow_engine import conf, ids, models
from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.store import claims


def is_unique(definition: ProcessDefinition) -> bool:
    """Declared by the model or by the site."""
    return definition.unique_business_key or conf.has_unique_business_keys(definition.key)


def holder(tenant_id: str, process_definition_key: str, business_key: str, using: str) -> str | None:
    """The process instance that has the key, running or not; None if it is free."""
    key_id = ids.business_key_id(tenant_id, process_definition_key, business_key)
    found = models.BusinessKey.objects.using(using).by_id(key_id).values_list("process_instance_id", flat=True).first()
    return None if found is None else str(found)


def claim(
    *,
    tenant_id: str,
    process_definition_key: str,
    business_key: str,
    process_instance_id: str,
    now: datetime,
    using: str,
) -> bool:
    """Reserves the key for this instance; False if another one has it. Waits for whoever is just starting with the same key."""
    key_id = ids.business_key_id(tenant_id, process_definition_key, business_key)
    values = {
        "id": key_id,
        "partition": ids.partition_of(key_id),
        "tenant_id": tenant_id,
        "process_definition_key": process_definition_key,
        "business_key": business_key,
        "process_instance_id": process_instance_id,
        "created": now,
    }
    return claims.claim(models.BusinessKey, values, using)
