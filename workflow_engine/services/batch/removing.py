"""Removing the history of batches for good. Never touches one that runs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from workflow_engine import clock, models
from workflow_engine.store import database


def remove_expired(limit: int = 100, *, using: str | None = None) -> int:
    """At most so many batches whose time to live is over, with the log of their jobs; how many."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        due = models.Batch.objects.using(alias).removable(clock.now(alias)).order_by("removal_time")
        found = list(due.defer("configuration").select_for_update(skip_locked=True)[:limit])
        delete_history(found, alias)
    return len(found)


def delete_history(batches: Sequence[models.Batch], using: str) -> None:
    """With the log of their jobs and the incidents of these."""
    chosen = [batch.pk for batch in batches]
    definitions = [definition for batch in batches for definition in batch.job_definition_ids]
    models.HistoricJobLog.objects.using(using).filter(batch_id__in=chosen).delete()
    incidents = models.HistoricIncident.objects.using(using).filter(process_instance__isnull=True)
    incidents.filter(job_definition_id__in=definitions).delete()
    models.Batch.objects.using(using).filter(pk__in=chosen).delete()
