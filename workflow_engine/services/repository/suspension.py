"""Suspending and activating definitions, and how long their history is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.commands import SetSuspension
from workflow_engine.engine.errors import BadInput, DefinitionNotFound
from workflow_engine.services import operation_log, suspension_jobs
from workflow_engine.services.command import execute, unit_of_work
from workflow_engine.services.repository.locking import lock_deployments
from workflow_engine.services.repository.triggers import TIMER_START_EVENT
from workflow_engine.services.visibility import acting_for, sees_everything, visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database, definitions
from workflow_engine.store.retry import repeating
from workflow_engine.store.unit_of_work import UnitOfWork

INCLUDED = "includeProcessInstances"


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
    """With a date a job does it then, also if that is over."""
    alias = database.alias(using)

    def change() -> None:
        with unit_of_work(alias) as work:
            lock_deployments(alias)
            rows = models.ProcessDefinition.objects.using(alias).filter(pk__in=process_definition_ids)
            found = list(rows.only("pk", "key", "tenant_id", "deployment_id"))
            _require(process_definition_ids, [row.pk for row in found])
            if execution_date is None:
                _change(process_definition_ids, is_suspended, include_process_instances, alias)
            else:
                schedule(work, found, is_suspended, execution_date, include_process_instances=include_process_instances)
            log(found, is_suspended, name_of(user), alias, execution_date=execution_date)

    repeating(alias, change)


def set_key_suspended(
    process_definition_key: str,
    is_suspended: bool,
    *,
    include_process_instances: bool = False,
    execution_date: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """All versions of a key, at a later date also those that are deployed until then. Who may not see every definition
    changes those that he sees now."""
    alias = database.alias(using)
    rows = visible(models.ProcessDefinition.objects.using(alias).of_key(process_definition_key))
    if execution_date is None or not sees_everything():
        set_suspended(
            [row.pk for row in rows],
            is_suspended,
            include_process_instances=include_process_instances,
            execution_date=execution_date,
            user=user,
            using=alias,
        )
        return
    configuration = {"processDefinitionKey": process_definition_key, INCLUDED: include_process_instances}

    def plan() -> None:
        with unit_of_work(alias) as work:
            newest = rows.first()
            deployment_id = None if newest is None else str(newest.deployment_id)
            suspension_jobs.insert(
                work, _handler_type(is_suspended), configuration, execution_date, deployment_id=deployment_id
            )
            of_all = operation_log.Entry(
                operation_type=_operation_type(is_suspended),
                entity_type="ProcessDefinition",
                process_definition_key=process_definition_key,
            )
            operation_log.write(operation_log.suspension(of_all, is_suspended, execution_date), name_of(user), alias)

    repeating(alias, plan)


def schedule(
    work: UnitOfWork,
    rows: Sequence[models.ProcessDefinition],
    is_suspended: bool,
    execution_date: datetime,
    *,
    include_process_instances: bool = False,
) -> None:
    for row in rows:
        suspension_jobs.insert(
            work,
            _handler_type(is_suspended),
            {"processDefinitionId": row.pk, INCLUDED: include_process_instances},
            execution_date,
            deployment_id=str(row.deployment_id),
            tenant_id=row.tenant_id,
        )


def carry_out(configuration: Mapping[str, Any], is_suspended: bool, using: str) -> None:
    """What a job was told. Definitions that are gone by now are none of its business."""
    rows = models.ProcessDefinition.objects.using(using)
    if "processDefinitionKey" in configuration:
        rows = rows.of_key(configuration["processDefinitionKey"])
    else:
        rows = rows.filter(pk=configuration["processDefinitionId"])
    lock_deployments(using)
    _change(list(rows.values_list("pk", flat=True)), is_suspended, bool(configuration[INCLUDED]), using)


def _change(definition_ids: Collection[str], is_suspended: bool, include_instances: bool, using: str) -> None:
    models.ProcessDefinition.objects.using(using).filter(pk__in=definition_ids).update(is_suspended=is_suspended)
    _suspend_jobs(definition_ids, is_suspended, using)
    if include_instances:
        _suspend_instances(definition_ids, is_suspended, using)


def _handler_type(is_suspended: bool) -> str:
    if is_suspended:
        return suspension_jobs.SUSPEND_PROCESS_DEFINITION
    return suspension_jobs.ACTIVATE_PROCESS_DEFINITION


def _operation_type(is_suspended: bool) -> str:
    return "SuspendProcessDefinition" if is_suspended else "ActivateProcessDefinition"


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


def log(
    rows: Sequence[models.ProcessDefinition],
    is_suspended: bool,
    user: str | None,
    using: str,
    *,
    execution_date: datetime | None = None,
) -> None:
    entries = []
    for row in rows:
        changed = operation_log.Entry(
            operation_type=_operation_type(is_suspended),
            entity_type="ProcessDefinition",
            process_definition_id=row.pk,
            process_definition_key=row.key,
            tenant_id=row.tenant_id,
        )
        entries += operation_log.suspension(changed, is_suspended, execution_date)
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
