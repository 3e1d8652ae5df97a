"""Which process definitions have jobs that wait for a sweeper, one after another. Nothing is locked: a hint, for fairness.

A definition is known by its key, so that a new version waits in line with the old ones. What belongs to none (batches, the removal
of history) counts as one more, under None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from workflow_engine.engine import state
from workflow_engine.store import tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.due_jobs import FREE, moment

# Of definitions in one walk, each an index probe or two. Those beyond it have their turn with the next.
LONGEST_WALK = 100
# Before the first definition: the jobs without one come first.
START = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    found: list[str | None]  # definition keys with jobs that may run
    last: str  # where the next walk begins
    is_over: bool  # there are no more behind it


def walk(dialect: Dialect, now: datetime, *, timers: bool, after: str | None, most: int = LONGEST_WALK) -> Walk:
    """Statement "waiting definitions": a skip scan, which reads one entry of an index for each definition and not one for each job.

    With `timers` what is due of the jobs that have a due date, else the jobs that have none.
    """
    sql, params = _statement(dialect, now, timers, after or "", most)
    keys = [(str(key), bool(is_due)) for key, is_due in dialect.fetch(sql, params)]
    found: list[str | None] = [key for key, is_due in keys if is_due]
    if after is START and _has_jobs_of_none(dialect, now, timers):
        found.insert(0, None)
    return Walk(found=found, last=keys[-1][0] if keys else after or "", is_over=len(keys) < most)


def until(dialect: Dialect, key: str, now: datetime) -> RawSQL:
    """The condition that a job is of a definition up to this one, and of that one only what is due: the end of an index range."""
    params = (key, moment(dialect, now))
    return RawSQL('("process_definition_key", "due_date") <= (%s, %s)', params, output_field=BooleanField())


def _statement(dialect: Dialect, now: datetime, timers: bool, after: str, most: int) -> tuple[str, list[Any]]:
    # Orders and ranges are such that no other index will do; with an equality PostgreSQL may choose one by age, through all jobs.
    name, kind = tables.of_class(state.Job).name, f'{FREE} AND j."due_date" IS {"NOT NULL" if timers else "NULL"}'
    next_key = (
        f'SELECT j."process_definition_key" FROM "{name}" j WHERE {kind} AND j."process_definition_key" > {{after}}'  # noqa: S608
        ' ORDER BY j."process_definition_key" LIMIT 1'
    )
    first_due = (
        f'SELECT j."due_date" FROM "{name}" j WHERE {kind}'  # noqa: S608
        ' AND j."process_definition_key" >= d.name AND j."process_definition_key" <= d.name'
        ' ORDER BY j."process_definition_key", j."due_date" LIMIT 1'
    )
    is_due, due_params = (f"({first_due}) <= %s", [moment(dialect, now)]) if timers else ("1 = 1", [])
    sql = (
        f"WITH RECURSIVE d(name, step) AS (SELECT ({next_key.format(after='%s')}), 1"  # noqa: S608
        f" UNION ALL SELECT ({next_key.format(after='d.name')}), d.step + 1 FROM d WHERE d.name IS NOT NULL AND d.step < %s)"
        f" SELECT d.name, {is_due} FROM d WHERE d.name IS NOT NULL"
    )
    return sql, [after, most, *due_params]


def _has_jobs_of_none(dialect: Dialect, now: datetime, timers: bool) -> bool:
    name = tables.of_class(state.Job).name
    due, order = ('j."due_date" <= %s', 'j."due_date"') if timers else ('j."due_date" IS NULL', 'j."id"')
    sql = (
        f'SELECT 1 FROM "{name}" j WHERE {FREE} AND {due} AND j."process_definition_key" IS NULL'  # noqa: S608
        f' ORDER BY j."process_definition_key", {order} LIMIT 1'
    )
    return bool(dialect.fetch(sql, [moment(dialect, now)] if timers else []))
