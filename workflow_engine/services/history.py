"""Removing history of instances that have ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from workflow_engine import clock, models
from workflow_engine.engine.errors import NotAllowed, NotFound
from workflow_engine.services import history_cleanup, operation_log, removal
from workflow_engine.services.command import days_to_live
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


def set_removal_time(
    process_instance_id: str,
    mode: str,
    removal_time: datetime | None = None,
    *,
    hierarchical: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Of the root of the instance's tree, with which its whole history goes. Of a called instance it has to be `hierarchical`.

    `mode`: "ABSOLUTE_REMOVAL_TIME", "CLEARED_REMOVAL_TIME" or "CALCULATED_REMOVAL_TIME". An instance that is gone by now has
    no time to set.
    """
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        rows = models.HistoricProcessInstance.objects.using(alias)
        asked = rows.by_id(process_instance_id).first()
        if asked is None:
            return
        is_root = asked.root_process_instance_id == asked.pk
        if not is_root and not hierarchical:
            raise NotAllowed(
                f"Cannot set the removal time of process instance '{process_instance_id}': another one has called it, and its"
                " history goes with that one's. Ask for the whole hierarchy."
            )
        root = rows.by_id(str(asked.root_process_instance_id)).select_for_update().first()
        if root is None:
            return
        if mode == "CALCULATED_REMOVAL_TIME":
            days = days_to_live(root.process_definition_id, alias)
            removal_time = None if days is None or root.end_time is None else root.end_time + timedelta(days=days)
        root.removal_time = removal_time
        root.save(using=alias, update_fields=["removal_time"])


def remove_expired(limit: int = 100, *, using: str | None = None) -> int:
    """Removes ended instance trees whose time to live is over, in one short transaction; how many instances."""
    alias = database.alias(using)
    return history_cleanup.remove_instances(clock.now(alias), limit, alias)[0]
