"""I1 across tables: what has ended is ended everywhere, what lives is known to live, and nothing outlives its instance."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from workflow_engine import models
from workflow_engine.models.historic_process_instance import FINAL_STATES, RUNNING_STATES
from workflow_engine.verification.pictures import OWNED
from workflow_engine.verification.violation import Violation

LEFT_OPEN = (models.HistoricActivityInstance, models.HistoricTaskInstance, models.HistoricIncident)


def check(using: str) -> Iterator[Violation]:
    yield from _alive_and_ended(using)
    yield from _outliving(using)
    yield from _left_open(using)


def _alive_and_ended(using: str) -> Iterator[Violation]:
    history = models.HistoricProcessInstance.objects.using(using)
    live = models.Execution.objects.using(using)
    ended = history.filter(Exists(live.filter(pk=OuterRef("pk"))), state__in=FINAL_STATES)
    for pk, state in ended.values_list("pk", "state").iterator():
        yield Violation("I1", str(pk), f"it lives, but its history says {state}")
    canceled = models.HistoricJobLog.objects.using(using).filter(process_instance_id=OuterRef("pk"), state="deleted")
    gone = history.filter(~Exists(live.filter(pk=OuterRef("pk"))), state__in=RUNNING_STATES)
    # As in Camunda, history never hears that a called instance was canceled while only continuations waited in it.
    gone = gone.exclude(Exists(canceled), super_process_instance_id__isnull=False)
    for pk, state in gone.values_list("pk", "state").iterator():
        yield Violation("I1", str(pk), f"its history says {state}, but it does not exist")


def _outliving(using: str) -> Iterator[Violation]:
    instances = models.Execution.objects.using(using).filter(pk=OuterRef("process_instance_id"))
    for kind in (models.Execution, *OWNED):
        orphans = kind.objects.using(using).filter(~Exists(instances), process_instance_id__isnull=False)
        for pk, instance in orphans.values_list("pk", "process_instance_id").iterator():
            yield Violation("I1", str(instance), f"{kind._meta.verbose_name} {pk} outlives it")


def _left_open(using: str) -> Iterator[Violation]:
    ended = models.HistoricProcessInstance.objects.using(using).filter(
        pk=OuterRef("process_instance_id"), state__in=FINAL_STATES
    )
    for kind in LEFT_OPEN:
        rows = kind.objects.using(using).filter(Exists(ended), end_time__isnull=True)
        for pk, instance in rows.values_list("pk", "process_instance_id").iterator():
            yield Violation("I1", str(instance), f"it has ended, but {kind._meta.verbose_name} {pk} has not")
