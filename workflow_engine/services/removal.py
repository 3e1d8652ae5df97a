"""Removing history for good, in bounded batches of whole instance trees. Never touches what is running."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models as django_models

from workflow_engine import ids, models

# What the engine writes down about a process instance, beside the instance's own row.
HISTORY: tuple[type[django_models.Model], ...] = (
    models.HistoricActivityInstance,
    models.HistoricVariableInstance,
    models.HistoricDetail,
    models.HistoricTaskInstance,
    models.HistoricIdentityLink,
    models.HistoricIncident,
    models.HistoricExternalTaskLog,
    models.HistoricJobLog,
)
# Everything that goes with it; its own row goes last.
OF_INSTANCES: tuple[type[django_models.Model], ...] = (
    *HISTORY,
    models.CompensationRecord,
    models.Comment,
    models.Attachment,
)
BATCH = 200


def delete_history(process_instance_ids: Sequence[Any], using: str) -> None:
    """All history rows of these instances, one statement per table and partition."""
    by_partition: dict[int, list[Any]] = {}
    for instance_id in process_instance_ids:
        by_partition.setdefault(ids.partition_of(str(instance_id)), []).append(instance_id)
    for partition, chosen in sorted(by_partition.items()):
        for model in OF_INSTANCES:
            rows = model._default_manager.using(using).filter(partition=partition, process_instance_id__in=chosen)
            rows._raw_delete(using)  # nothing refers to these rows
        own = models.HistoricProcessInstance.objects.using(using).filter(partition=partition, pk__in=chosen)
        own._raw_delete(using)


def delete_history_of_definitions(process_definition_ids: Collection[str], using: str) -> None:
    """Also frees the unique business keys of their instances."""
    instances = models.HistoricProcessInstance.objects.using(using).filter(
        process_definition_id__in=process_definition_ids
    )
    while chosen := list(instances.values_list("pk", flat=True)[:BATCH]):
        models.BusinessKey.objects.using(using).filter(process_instance_id__in=chosen).delete()
        delete_history(chosen, using)
    logs = models.HistoricJobLog.objects.using(using).filter(process_definition_id__in=process_definition_ids)
    logs.filter(process_instance_id__isnull=True).delete()
