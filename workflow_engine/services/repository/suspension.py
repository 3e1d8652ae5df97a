"""Suspending and activating definitions, and how long their history is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.commands import SetSuspension
from workflow_engine.engine.errors import BadInput, DefinitionNotFound
from workflow_engine.services import operation_log
from workflow_engine.services.command import execute
from workflow_engine.services.repository.locking import lock_deployments
from workflow_engine.services.repository.triggers import TIMER_START_EVENT
from workflow_engine.services.visibility import acting_for
from workflow_engine.services.who import name_of
from workflow_engine.store import database, definitions
from workflow_engine.store.retry import repeating


def suspend_process_definition(
    process_definition_id: str, *, include_process_instances: bool = False, user: Any = None, using: str | None = None
) -> None:
    """Nothing is started from it any more; with its instances, those stand still too."""
    set_suspended(
        [process_definition_id], True, include_process_instances=include_process_instances, user=user, using=using
    )


def activate_process_definition(
    process_definition_id: str, *, include_process_instances: bool = False, user: Any = None, using: str | None = None
) -> None:
    set_suspended(
        [process_definition_id], False, include_process_instances=include_process_instances, user=user, using=using
    )


def set_suspended(
    process_definition_ids: Collection[str],
    is_suspended: bool,
    *,
    include_process_instances: bool = False,
    execution_date: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    if execution_date is not None:
        raise BadInput("Cannot suspend or activate at a later time: that is not supported yet.")
    alias = database.alias(using)

    def change() -> None:
        with transaction.atomic(using=alias):
            lock_deployments(alias)
            rows = models.ProcessDefinition.objects.using(alias).filter(pk__in=process_definition_ids)
            _require(process_definition_ids, list(rows.values_list("pk", flat=True)))
            rows.update(is_suspended=is_suspended)
            _suspend_jobs(process_definition_ids, is_suspended, alias)
            if include_process_instances:
                _suspend_instances(process_definition_ids, is_suspended, alias)
            _log(dict(rows.values_list("pk", "tenant_id")), is_suspended, name_of(user), alias)

    repeating(alias, change)


def _require(wanted: Collection[str], found: Collection[str]) -> None:
    for missing in set(wanted) - set(found):
        raise DefinitionNotFound(f"No process definition found for id '{missing}'.")


def _suspend_jobs(process_definition_ids: Collection[str], is_suspended: bool, using: str) -> None:
    definitions_of_jobs = models.JobDefinition.objects.using(using)
    definitions_of_jobs.filter(process_definition_id__in=process_definition_ids).update(is_suspended=is_suspended)
    starts = models.Job.objects.using(using).filter(process_definition_id__in=process_definition_ids)
    starts.filter(handler_type=TIMER_START_EVENT, process_instance_id__isnull=True).update(is_suspended=is_suspended)


def _suspend_instances(process_definition_ids: Collection[str], is_suspended: bool, using: str) -> None:
    instances = models.ProcessInstance.objects.using(using).filter(process_definition_id__in=process_definition_ids)
    # In the order of their roots, as everybody locks them. Whoever may suspend a definition stops all of its instances,
    # also those that another tenant's process has called.
    with acting_for(None):
        for instance in list(instances.order_by("root_process_instance_id", "id").values_list("pk", flat=True)):
            execute(SetSuspension(process_instance_id=str(instance), is_suspended=is_suspended), using=using)


def _log(tenant_ids: Mapping[str, str], is_suspended: bool, user: str | None, using: str) -> None:
    entries = [
        operation_log.Entry(
            operation_type="SuspendProcessDefinition" if is_suspended else "ActivateProcessDefinition",
            entity_type="ProcessDefinition",
            property="suspensionState",
            new_value="suspended" if is_suspended else "active",
            process_definition_id=process_definition_id,
            process_definition_key=process_definition_id.rsplit(":", 2)[0],
            tenant_id=tenant_id,
        )
        for process_definition_id, tenant_id in tenant_ids.items()
    ]
    operation_log.write(entries, user, using)


def set_history_time_to_live(
    process_definition_id: str, days: int | None, *, user: Any = None, using: str | None = None
) -> None:
    """For instances that end from now on. None keeps their history for ever."""
    if days is not None and days < 0:
        raise BadInput(f"The history time to live cannot be {days} days: it must be 0 or more.")
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        row = models.ProcessDefinition.objects.using(alias).filter(pk=process_definition_id).first()
        if row is None:
            raise DefinitionNotFound(f"No process definition found for id '{process_definition_id}'.")
        entry = operation_log.Entry(
            operation_type="UpdateHistoryTimeToLive",
            entity_type="ProcessDefinition",
            property="historyTimeToLive",
            org_value=row.history_time_to_live,
            new_value=days,
            process_definition_id=row.pk,
            process_definition_key=row.key,
            tenant_id=row.tenant_id,
        )
        row.history_time_to_live = days
        row.save(using=alias, update_fields=["history_time_to_live"])
        operation_log.write([entry], name_of(user), alias)
        transaction.on_commit(lambda: definitions.forget(process_definition_id, alias), using=alias)
