"""Suspending, activating and deleting batches, and how long what is known of them is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from workflow_engine import clock, conf, models
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.batch import jobs, removing
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating

_AT_ONCE = 500


def set_suspended(batch_id: str, is_suspended: bool, *, user: Any = None, using: str | None = None) -> None:
    """A suspended batch does nothing more, with all its jobs; what is just being done is finished."""
    alias = database.alias(using)

    def change() -> None:
        with transaction.atomic(using=alias):
            batch = _running(batch_id, "suspend" if is_suspended else "activate", alias)
            batch.is_suspended = is_suspended
            batch.save(using=alias, update_fields=["is_suspended"])
            definitions = models.JobDefinition.objects.using(alias).filter(pk__in=batch.job_definition_ids)
            definitions.update(is_suspended=is_suspended)
            models.Job.objects.using(alias).filter(batch_id=batch.pk).update(is_suspended=is_suspended)
            operation = "SuspendBatch" if is_suspended else "ActivateBatch"
            _log(batch, operation, user, alias, ("suspensionState", "suspended" if is_suspended else "active"))

    repeating(alias, change)


def delete(batch_id: str, *, cascade: bool = False, user: Any = None, using: str | None = None) -> None:
    """Ends a running batch where it stands; what it has done stays done. `cascade` also deletes its history."""
    alias = database.alias(using)

    def remove() -> None:
        with transaction.atomic(using=alias):
            batch = _running(batch_id, "delete", alias)
            _delete_jobs(batch, alias)
            models.BatchChunk.objects.using(alias).in_partition(batch.pk).filter(batch_id=batch.pk).delete()
            jobs.delete_definitions(batch, alias)
            if cascade:
                removing.delete_history([batch], alias)
            else:
                batch.end_time, batch.is_suspended = clock.now(alias), False
                batch.removal_time = calculated_removal_time(batch)
                batch.save(using=alias, update_fields=["end_time", "is_suspended", "removal_time"])
            _log(batch, "Delete", user, alias, ("cascadeToHistory", cascade))

    repeating(alias, remove)


def delete_history(batch_id: str, *, user: Any = None, using: str | None = None) -> None:
    """Of a batch that has ended."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        batch = models.Batch.objects.using(alias).by_id(batch_id).select_for_update().first()
        if batch is None:
            raise BadInput(f"Unable to delete historic batch with id '{batch_id}'")
        if batch.end_time is None:
            raise NotAllowed(f"Unable to delete historic batch with id '{batch_id}': the batch is still running.")
        removing.delete_history([batch], alias)
        _log(batch, "DeleteHistory", user, alias, (None, None))


def set_removal_time(
    batch_id: str,
    mode: str,
    removal_time: datetime | None = None,
    *,
    user: Any = None,
    using: str | None = None,
) -> None:
    """`mode`: "ABSOLUTE_REMOVAL_TIME", "CLEARED_REMOVAL_TIME" or "CALCULATED_REMOVAL_TIME"."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        batch = models.Batch.objects.using(alias).by_id(batch_id).select_for_update().first()
        if batch is None:
            raise NotFound(f"No historic batch found with id '{batch_id}'.")
        batch.removal_time = calculated_removal_time(batch) if mode == "CALCULATED_REMOVAL_TIME" else removal_time
        batch.save(using=alias, update_fields=["removal_time"])


def calculated_removal_time(batch: models.Batch) -> datetime | None:
    days = conf.current().batch_history_time_to_live
    return None if days is None or batch.end_time is None else batch.end_time + timedelta(days=days)


def _running(batch_id: str, what: str, using: str) -> models.Batch:
    try:
        return jobs.locked_batch(batch_id, using)
    except NotFound:
        raise BadInput(f"Unable to {what} batch with id '{batch_id}'") from None


def _delete_jobs(batch: models.Batch, using: str) -> None:
    """With their incidents. A job that is just running is waited for."""
    rows = models.Job.objects.using(using).filter(batch_id=batch.pk)
    failed, ended = rows.filter(retries=0).order_by("id"), clock.now(using)
    last = None
    while found := list(
        (failed if last is None else failed.filter(id__gt=last)).values_list("id", flat=True)[:_AT_ONCE]
    ):
        causes, last = [str(job_id) for job_id in found], found[-1]
        incidents = models.Incident.objects.using(using).filter(configuration__in=causes)
        closed = models.HistoricIncident.objects.using(using).filter(
            pk__in=list(incidents.values_list("pk", flat=True))
        )
        closed.filter(end_time__isnull=True).update(state="deleted", end_time=ended)
        incidents.delete()
    rows.delete()


def _log(batch: models.Batch, operation: str, user: Any, using: str, changed: tuple[str | None, Any]) -> None:
    entry = operation_log.Entry(
        operation_type=operation,
        entity_type="Batch",
        property=changed[0],
        new_value=changed[1],
        batch_id=str(batch.pk),
        tenant_id=batch.tenant_id,
    )
    operation_log.write([entry], name_of(user), using)
