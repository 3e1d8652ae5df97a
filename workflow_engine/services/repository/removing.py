"""Deleting deployments and definitions, with everything that came of them if asked to."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.commands import DeleteProcessInstance
from workflow_engine.engine.errors import DefinitionNotFound, NotAllowed, NotFound
from workflow_engine.services import operation_log, removal
from workflow_engine.services.command import execute, unit_of_work
from workflow_engine.services.repository import triggers
from workflow_engine.services.repository.locking import lock_deployments
from workflow_engine.services.visibility import acting_for
from workflow_engine.services.who import name_of
from workflow_engine.store import database, definitions
from workflow_engine.store.retry import repeating

REASON = "deleted process definition"


def delete_deployment(
    deployment_id: str,
    *,
    cascade: bool = False,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Deletes the resources and definitions. `cascade` also deletes their instances, running or not, with all history."""
    alias = database.alias(using)

    def delete() -> None:
        with transaction.atomic(using=alias):
            lock_deployments(alias)
            deployment = models.Deployment.objects.using(alias).by_id(deployment_id).first()
            if deployment is None:
                raise NotFound(f"Cannot delete deployment '{deployment_id}': there is none with this id.")
            rows = list(deployment.process_definitions.all())
            _delete_definitions(rows, cascade, skip_custom_listeners, skip_io_mappings, alias)
            deployment.delete(using=alias)
            entry = operation_log.Entry(
                operation_type="Delete",
                entity_type="Deployment",
                property="cascade",
                new_value=cascade,
                deployment_id=deployment_id,
                tenant_id=deployment.tenant_id,
            )
            operation_log.write([entry], name_of(user), alias)

    repeating(alias, delete)


def delete_process_definitions(
    process_definition_ids: Collection[str],
    *,
    cascade: bool = False,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Deletes single definitions; their deployment stays."""
    alias = database.alias(using)

    def delete() -> None:
        with transaction.atomic(using=alias):
            lock_deployments(alias)
            rows = list(models.ProcessDefinition.objects.using(alias).filter(pk__in=process_definition_ids))
            for missing in set(process_definition_ids) - {row.pk for row in rows}:
                raise DefinitionNotFound(f"No process definition found for id '{missing}'.")
            _delete_definitions(rows, cascade, skip_custom_listeners, skip_io_mappings, alias)
            entries = [
                operation_log.Entry(
                    operation_type="Delete",
                    entity_type="ProcessDefinition",
                    property="cascade",
                    new_value=cascade,
                    process_definition_id=row.pk,
                    process_definition_key=row.key,
                )
                for row in rows
            ]
            operation_log.write(entries, name_of(user), alias)

    repeating(alias, delete)


def _delete_definitions(
    rows: list[models.ProcessDefinition], cascade: bool, skip_listeners: bool, skip_io_mappings: bool, using: str
) -> None:
    definition_ids = [row.pk for row in rows]
    if cascade:
        _delete_instances(definition_ids, skip_listeners, skip_io_mappings, using)
        removal.delete_history_of_definitions(definition_ids, using)
    else:
        _refuse_running(definition_ids, using)
    keys = {(row.key, row.tenant_id) for row in rows}
    triggers.remove(using, keys)
    models.Job.objects.using(using).filter(process_definition_id__in=definition_ids).delete()
    models.Incident.objects.using(using).filter(process_definition_id__in=definition_ids).delete()
    models.ProcessDefinition.objects.using(using).filter(pk__in=definition_ids).delete()
    for definition_id in definition_ids:
        definitions.forget(definition_id, using)
    _give_triggers_to_newest(keys, using)


def _delete_instances(
    definition_ids: Collection[str], skip_listeners: bool, skip_io_mappings: bool, using: str
) -> None:
    instances = models.ProcessInstance.objects.using(using).filter(process_definition_id__in=definition_ids)
    for instance in list(instances.order_by("root_process_instance_id", "id").values_list("pk", flat=True)):
        command = DeleteProcessInstance(
            process_instance_id=str(instance),
            delete_reason=REASON,
            skip_custom_listeners=skip_listeners,
            skip_io_mappings=skip_io_mappings,
        )
        with suppress(NotFound), acting_for(None):  # it may have gone with the instance that called it
            execute(command, using=using)


def _refuse_running(definition_ids: Collection[str], using: str) -> None:
    running = models.ProcessInstance.objects.using(using).filter(process_definition_id__in=definition_ids)
    if count := running.count():
        raise NotAllowed(
            f"Cannot delete process definition '{running.values_list('process_definition_id', flat=True)[0]}':"
            f" {count} instances are running. Delete them first, or delete with cascade."
        )


def _give_triggers_to_newest(keys: Collection[tuple[str, str]], using: str) -> None:
    """The version before the deleted one starts instances again."""
    pairs = []
    for key, tenant_id in sorted(keys):
        newest = models.ProcessDefinition.objects.using(using).of_key(key, tenant_id).first()
        if newest is not None:
            pairs.append((definitions.get(newest.pk, using), newest))
    if pairs:
        with unit_of_work(using) as work:
            triggers.replace(work, pairs)
