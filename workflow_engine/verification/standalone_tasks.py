"""I1 and I3 of tasks that belong to no process: nothing outlives them, and history says that they live while they do."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from workflow_engine import models
from workflow_engine.verification.violation import Violation


def outliving(using: str) -> Iterator[Violation]:
    """What is left of a task that is gone."""
    tasks = models.UserTask.objects.using(using)
    links = models.IdentityLink.objects.using(using).filter(root_process_instance__isnull=True)
    variables = models.Variable.objects.using(using).filter(process_instance__isnull=True)
    for rows in (links, variables):
        orphans = rows.filter(~Exists(tasks.filter(pk=OuterRef("task_id"))))
        for pk, task in orphans.values_list("pk", "task_id").iterator():
            yield Violation("I1", None, f"{rows.model._meta.verbose_name} {pk} outlives standalone task {task}")
    subs = tasks.filter(parent_task__isnull=False).filter(~Exists(tasks.filter(pk=OuterRef("parent_task_id"))))
    for pk, parent in subs.values_list("pk", "parent_task_id").iterator():
        yield Violation("I1", None, f"sub task {pk} outlives task {parent}, which it was part of")


def history(using: str) -> Iterator[Violation]:
    live = models.UserTask.objects.using(using).filter(process_instance__isnull=True)
    told = models.HistoricTaskInstance.objects.using(using).filter(process_instance__isnull=True, end_time__isnull=True)
    for pk in live.filter(~Exists(told.filter(pk=OuterRef("pk")))).values_list("pk", flat=True).iterator():
        yield Violation("I3", None, f"standalone task {pk} lives and history does not know it")
    for pk in told.filter(~Exists(live.filter(pk=OuterRef("pk")))).values_list("pk", flat=True).iterator():
        yield Violation("I3", None, f"history says that standalone task {pk} lives")
