"""Removing history of instances that have ended."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import clock, models
from workflow_engine.engine.errors import NotAllowed, NotFound
from workflow_engine.services import history_cleanup, operation_log, removal
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def delete_historic_process_instance(process_instance_id: str, *, user: Any = None, using: str | None = None) -> None:
    """All history of one ended instance. Its unique business key stays taken."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        rows = models.HistoricProcessInstance.objects.using(alias).by_id(process_instance_id)
        found = rows.select_for_update().first()
        if found is None:
            raise NotFound(f"No historic process instance found with id '{process_instance_id}'.")
        if found.end_time is None:
            raise NotAllowed(
                f"Cannot delete the history of process instance '{process_instance_id}': it is still running."
            )
        removal.delete_history([found.pk], alias)
        entry = operation_log.Entry(
            operation_type="DeleteHistory",
            entity_type="ProcessInstance",
            process_instance_id=str(found.pk),
            process_definition_id=found.process_definition_id,
            process_definition_key=found.process_definition_key,
            tenant_id=found.tenant_id,
        )
        operation_log.write([entry], name_of(user), alias)


def remove_expired(limit: int = 100, *, using: str | None = None) -> int:
    """Removes ended instance trees whose time to live is over, in one short transaction; how many instances."""
    alias = database.alias(using)
    return history_cleanup.remove_instances(clock.now(alias), limit, alias)[0]
