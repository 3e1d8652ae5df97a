"""I3 of a live instance: what its history says is alive is what lives, with the same values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_engine import ids, models
from workflow_engine.store.tables import value_columns
from workflow_engine.verification.pictures import Picture
from workflow_engine.verification.violation import Violation

# The live table, its history, and what is still open there. (The history of a variable stays open when its scope has ended.)
KINDS: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    (models.UserTask, models.HistoricTaskInstance, {"end_time__isnull": True}),
    (models.Incident, models.HistoricIncident, {"end_time__isnull": True}),
    (models.Variable, models.HistoricVariableInstance, {"state": "CREATED"}),
)
LOGS: tuple[tuple[Any, Any, str], ...] = (
    (models.ExternalTask, models.HistoricExternalTaskLog, "external_task_id"),
    (models.Job, models.HistoricJobLog, "job_id"),
)


def check(found: list[Picture], using: str) -> Iterator[Violation]:
    for kind, history, is_open in KINDS:
        rows = _rows(history, found, using).filter(**is_open)
        told = _by_instance(rows.values_list("process_instance_id", "pk"))
        yield from _compare(found, kind, told)
    for kind, log, name in LOGS:
        rows = _rows(log, found, using).order_by("sequence")
        state: dict[str, dict[str, str]] = {}
        for instance, row_id, what in rows.values_list("process_instance_id", name, "state"):
            state.setdefault(str(instance), {})[str(row_id)] = what
        told = {
            instance: {row_id for row_id, what in each.items() if what in ("created", "failed")}
            for instance, each in state.items()
        }
        yield from _compare(found, kind, told)
    yield from _values(found, using)


def _rows(history: Any, found: list[Picture], using: str) -> Any:
    wanted = [picture.process_instance_id for picture in found]
    partitions = {ids.partition_of(one) for one in wanted}
    return history.objects.using(using).filter(partition__in=partitions, process_instance_id__in=wanted)


def _by_instance(pairs: Any) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for instance, row_id in pairs:
        told.setdefault(str(instance), set()).add(str(row_id))
    return told


def _compare(found: list[Picture], kind: Any, told: dict[str, set[str]]) -> Iterator[Violation]:
    name = kind._meta.verbose_name
    for picture in found:
        live = {str(row.pk) for rows in picture.owned[kind].values() for row in rows}
        known = told.get(picture.process_instance_id, set())
        for row_id in sorted(live - known):
            yield Violation("I3", picture.process_instance_id, f"{name} {row_id} lives and history does not know it")
        for row_id in sorted(known - live) if kind is not models.Variable else ():
            yield Violation("I3", picture.process_instance_id, f"history says that {name} {row_id} lives")


def _values(found: list[Picture], using: str) -> Iterator[Violation]:
    """The values themselves, one instance after the other: they may be large."""
    for picture in found:
        where = {"process_instance_id": picture.process_instance_id}
        history = models.HistoricVariableInstance.objects.using(using).filter(**where, state="CREATED")
        told = {row.pk: value_columns(row.name, row.value) for row in history.iterator()}
        for row in models.Variable.objects.using(using).filter(**where).iterator():
            if row.pk in told and told[row.pk] != value_columns(row.name, row.value):
                yield Violation(
                    "I3", picture.process_instance_id, f"variable {row.name} ({row.pk}) has another value in history"
                )
