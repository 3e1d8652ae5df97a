"""Drops parts whose rows are all past their removal time. A row that anybody may still need keeps its part.

Needed is what does not belong to an instance tree that has ended and whose removal time is over: the rule of the history cleanup.
As there, the row of an instance goes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from workflow_engine import clock, models
from workflow_engine.services.history_cleanup import removing
from workflow_engine.services.partitions import catalogue
from workflow_engine.services.partitions.catalogue import INSTANCES, Part, execute, fetch
from workflow_engine.services.partitions.locks import Patience, briefly
from workflow_engine.services.partitions.months import SKEW, Month, first_id_at
from workflow_engine.services.partitions.refusals import PartitionError

_IS_DUE = "root.end_time IS NOT NULL AND root.removal_time IS NOT NULL AND root.removal_time <= %s"
STRAGGLERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A part of before the asked month. `needed`: rows that must stay; `is_gone` when it was dropped."""

    part: Part
    rows: int
    needed: int
    is_gone: bool = False


def candidates(using: str, before: Month) -> Iterator[Candidate]:
    """Reads each of these parts once, and locks nothing."""
    now = clock.now(using)
    for part in _chosen(using, before, now):
        yield _looked_at(using, part, now)


def drop(using: str, before: Month, *, patience: Patience | None = None) -> Iterator[Candidate]:
    """The same, and drops those that may go."""
    now = clock.now(using)
    for part in _chosen(using, before, now):
        known = _needed_roots(using, part, now)
        found = _looked_at(using, part, now)
        is_free = not found.needed and (part.table != INSTANCES or _remove_stragglers(using, part, now))
        is_gone = is_free and _drop(using, part, now, known, patience or Patience())
        yield Candidate(part=part, rows=found.rows, needed=found.needed, is_gone=is_gone)


def _chosen(using: str, before: Month, now: datetime) -> list[Part]:
    """Oldest months first, the instances' own part last of its month."""
    catalogue.check_database(using)
    if before.start > now - SKEW:
        raise PartitionError(
            f"{before.plus(-1)} has not been over for {SKEW.days} days: servers may still write to it."
        )
    known = catalogue.parts(using, catalogue.tables())
    if not known:
        raise PartitionError("History is not split by month: run `workflow_partitions enable` first.")
    order = {table: number for number, table in enumerate(catalogue.tables())}
    chosen = [part for several in known.values() for part in several if part.end is not None and part.end <= before]
    return sorted(chosen, key=lambda part: (part.end_id, order[part.table]))


def _looked_at(using: str, part: Part, now: datetime) -> Candidate:
    sql = (
        f'SELECT count(*), count(*) FILTER (WHERE root.id IS NULL) FROM "{part.name}" r'  # noqa: S608
        f' LEFT JOIN "{INSTANCES}" root ON root.id = r.root_process_instance_id AND root.id < %s AND {_IS_DUE}'
    )
    rows, needed = fetch(using, sql, [_after(part), now])[0]
    return Candidate(part=part, rows=rows, needed=needed)


def _after(part: Part) -> str:
    """Roots of the part's rows have lower ids than this, also where the clock of a server was slow."""
    assert part.end is not None
    return first_id_at(part.end.start + SKEW)


def _needed_roots(using: str, part: Part, now: datetime) -> tuple[Any, ...]:
    """How many roots of that time must stay, and which: a sum that changes with them."""
    sql = (
        f'SELECT count(*), sum(uuid_hash_extended(root.id, 0)::numeric) FROM "{INSTANCES}" root'  # noqa: S608
        f" WHERE root.id < %s AND root.id = root.root_process_instance_id AND NOT ({_IS_DUE})"
    )
    return fetch(using, sql, [_after(part), now])[0]


def _drop(using: str, part: Part, now: datetime, known: tuple[Any, ...], patience: Patience) -> bool:
    def dropped() -> bool:
        # Nobody may give an instance more time between this look and the end of the transaction.
        if part.table != INSTANCES:
            execute(using, f'LOCK TABLE "{INSTANCES}" IN SHARE MODE')
        if _needed_roots(using, part, now) != known:
            return False
        execute(using, f'DROP TABLE "{part.name}"')
        return True

    return briefly(using, part.table, dropped, patience, mode="ACCESS EXCLUSIVE")


def _remove_stragglers(using: str, part: Part, now: datetime) -> bool:
    """Instances of this part that have more elsewhere (later months, comments) go row by row; whether all of that is gone."""
    while roots := _stragglers(using, part):
        removed, has_more = removing.remove_instances(now, STRAGGLERS, using, roots)
        if not removed and not has_more:
            return False  # somebody has locked them, or they are not due any more
    return True


def _stragglers(using: str, part: Part) -> list[Any]:
    """Some of the roots of such instances."""
    instances = models.HistoricProcessInstance.objects.using(using).filter(pk__lt=part.end_id)
    if part.first_id is not None:
        instances = instances.filter(pk__gte=part.first_id)
    for model in removing.OF_INSTANCES:
        rows = model._default_manager.using(using).filter(process_instance_id=OuterRef("pk"))
        if found := list(
            instances.filter(Exists(rows)).values_list("root_process_instance_id", flat=True)[:STRAGGLERS]
        ):
            return found
    called = models.HistoricProcessInstance.objects.using(using).filter(
        super_process_instance__isnull=False, pk__gte=part.end_id, root_process_instance_id=OuterRef("pk")
    )
    return list(instances.filter(Exists(called)).values_list("pk", flat=True)[:STRAGGLERS])
