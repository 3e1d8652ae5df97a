"""Whether there is anything to do for a sweeper. Nothing is locked: what most passes ask, and all that they ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_engine.engine import state
from workflow_engine.store import tables
from workflow_engine.store.dialect import Dialect

# As in the conditions of the partial indexes: SQLite compares texts.
RUNNABLE = 'j."retries" > 0 AND NOT j."is_suspended"'
FREE = f'{RUNNABLE} AND j."lock_owner" IS NULL'
HELD = f'{RUNNABLE} AND j."lock_owner" IS NOT NULL'


def is_any(dialect: Dialect, now: datetime, *, created_until: datetime | None = None) -> bool:
    """Statement "due jobs": the beginning of three index ranges, however many jobs wait for a later time."""
    return bool(dialect.fetch(*_statement(dialect, now, created_until)))


def moment(dialect: Dialect, value: datetime) -> Any:
    return dialect.parameter(tables.of_class(state.Job).by_attribute["due_date"], value)


def _statement(dialect: Dialect, now: datetime, created_until: datetime | None) -> tuple[str, list[Any]]:
    name, at = tables.of_class(state.Job).name, moment(dialect, now)
    wanted, until = (
        ("", []) if created_until is None else (' AND j."create_time" <= %s', [moment(dialect, created_until)])
    )
    branches, params = [], []
    # With an order and a limit the planner reads the index; it would rather read the whole table for the three as one condition.
    for condition, order, more in (
        (f'{FREE} AND j."due_date" IS NULL', 'j."due_date", j."id"', []),
        (f'{FREE} AND j."due_date" <= %s', 'j."due_date", j."id"', [at]),
        (
            f'{HELD} AND j."lock_expiration_time" <= %s AND (j."due_date" IS NULL OR j."due_date" <= %s)',
            'j."lock_expiration_time"',
            [at, at],
        ),
    ):
        branches.append(
            f'SELECT * FROM (SELECT 1 FROM "{name}" j WHERE {condition}{wanted} ORDER BY {order} LIMIT 1) b'  # noqa: S608
        )
        params += [*more, *until]
    return f"SELECT * FROM ({' UNION ALL '.join(branches)}) d LIMIT 1", params  # noqa: S608
