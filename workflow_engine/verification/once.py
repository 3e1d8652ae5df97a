"""I4 to I8 across tables: what may happen only once has happened once, and what was acknowledged is there."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef

from workflow_engine import ids, models
from workflow_engine.models.historic_process_instance import FINAL_STATES
from workflow_engine.verification.violation import Violation


def answers_are_kept(using: str) -> Iterator[Violation]:
    """I4: what an answer stored under an idempotency key names exists, or has ended and was removed by rule."""
    history = models.HistoricProcessInstance.objects.using(using)
    keys = models.IdempotencyKey.objects.using(using).filter(path__endswith="/start")
    for pk, answer in keys.exclude(answer="").values_list("pk", "answer").iterator():
        try:
            instance = ids.canonical(json.loads(answer).get("id"))
        except (ValueError, AttributeError):
            yield Violation("I4", None, f"the answer kept under idempotency key {pk} is not JSON of an instance")
            continue
        alive = models.Execution.objects.using(using).by_id(instance).exists()
        if not alive and not history.by_id(instance).exists() and not _is_removed(instance, using):
            yield Violation("I4", instance, f"its start was acknowledged (idempotency key {pk}), but it is nowhere")


def _is_removed(instance: str | None, using: str) -> bool:
    entries = models.UserOperationLog.objects.using(using)
    return entries.filter(process_instance_id=instance, operation_type="DeleteHistory").exists()


def work_is_handed_in_once(using: str) -> Iterator[Violation]:
    """I5: of every external task one completion at most."""
    log = models.HistoricExternalTaskLog.objects.using(using).filter(state="successful")
    twice = log.values("external_task_id", "process_instance_id").annotate(times=Count("pk")).filter(times__gt=1)
    for row in twice.iterator():
        message = f"external task {row['external_task_id']} was completed {row['times']} times"
        yield Violation("I5", str(row["process_instance_id"]), message)


def timers_fire_once_and_not_early(using: str) -> Iterator[Violation]:
    """I6: every job runs to its end once at most, and no timer before it is due, by the database's clock."""
    log = models.HistoricJobLog.objects.using(using).filter(state="successful")
    twice = log.values("job_id", "process_instance_id").annotate(times=Count("pk")).filter(times__gt=1)
    for row in twice.iterator():
        instance = row["process_instance_id"]
        yield Violation("I6", instance and str(instance), f"job {row['job_id']} ran to its end {row['times']} times")
    early = log.filter(job_definition_type__startswith="timer", timestamp__lt=F("job_due_date"))
    by_hand = models.UserOperationLog.objects.using(using).filter(job_id=OuterRef("job_id"), operation_type="Execute")
    for job, instance in early.exclude(Exists(by_hand)).values_list("job_id", "process_instance_id").iterator():
        yield Violation("I6", instance and str(instance), f"timer {job} fired before it was due")


def compensation_is_complete(using: str) -> Iterator[Violation]:
    """I7: nothing is half undone in an instance that has completed, and who is undone was available before."""
    records = models.CompensationRecord.objects.using(using)
    ended = models.HistoricProcessInstance.objects.using(using).filter(
        pk=OuterRef("process_instance_id"), state__in=FINAL_STATES
    )
    open_ones = records.filter(Exists(ended), state__in=["available", "compensating"])
    for pk, instance, state in open_ones.values_list("pk", "process_instance_id", "state").iterator():
        yield Violation("I7", str(instance), f"it has ended, but compensation record {pk} is still {state}")
    early = records.filter(start_time__lt=F("create_time"))
    for pk, instance in early.values_list("pk", "process_instance_id").iterator():
        yield Violation("I7", str(instance), f"compensation record {pk} was undone before it was done")


def business_keys_are_unique(using: str) -> Iterator[Violation]:
    """I8: whoever holds a unique business key is an instance that was started with it."""
    history = models.HistoricProcessInstance.objects.using(using)
    live = models.Execution.objects.using(using)
    for key in models.BusinessKey.objects.using(using).iterator():
        expected = ids.business_key_id(key.tenant_id, key.process_definition_key, key.business_key)
        if str(key.pk) != expected:
            yield Violation("I8", str(key.process_instance_id), f"the reservation {key.pk} is not that of its key")
        others = history.filter(
            process_definition_key=key.process_definition_key,
            tenant_id=key.tenant_id,
            business_key=key.business_key,
            start_time__gte=key.created,
            restarted_process_instance_id__isnull=True,
        ).exclude(pk=key.process_instance_id)
        for pk in others.values_list("pk", flat=True):
            message = f"it was started with the unique business key '{key.business_key}' of {key.process_instance_id}"
            yield Violation("I8", str(pk), message)
        holder = live.by_id(key.process_instance_id).values_list("business_key", flat=True).first()
        if holder is not None and holder != key.business_key:
            message = f"it holds the unique business key '{key.business_key}' and carries '{holder}'"
            yield Violation("I8", str(key.process_instance_id), message)


CHECKS = {
    "I4": answers_are_kept,
    "I5": work_is_handed_in_once,
    "I6": timers_fire_once_and_not_early,
    "I7": compensation_is_complete,
    "I8": business_keys_are_unique,
}
