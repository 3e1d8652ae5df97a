"""Handing out external tasks: candidates by topic, the locks, and what goes with each task. Three statements for any number.

A candidate is found in one of two branches of its topic: waiting tasks, by an index that locked ones leave, and tasks whose lock
has expired, by another small one. Each branch reads at most as many rows as are wanted. On PostgreSQL the rows are locked while
they are read and those that somebody else is just taking are skipped; on SQLite the IMMEDIATE transaction lets one take at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflow_engine import clock, conf, ids
from workflow_engine.engine import state
from workflow_engine.store import codec, tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.topics import Only, Topic, filters
from workflow_engine.store.writes import updates

# As in the conditions of the partial indexes, word for word: SQLite compares texts.
FREE = 't."worker_id" IS NULL AND NOT t."is_suspended" AND (t."retries" IS NULL OR t."retries" > 0)'
HELD = 't."worker_id" IS NOT NULL AND NOT t."is_suspended" AND (t."retries" IS NULL OR t."retries" > 0)'
LOCK_COLUMNS = ("worker_id", "lock_expiration_time", "lock_token", "deliveries")
_ORDERS = {
    (True, None): 't."priority" DESC, t."id"',
    (True, "asc"): 't."priority" DESC, t."id"',
    (True, "desc"): 't."priority" DESC, t."id" DESC',
    (False, None): 't."id"',
    (False, "asc"): 't."id"',
    (False, "desc"): 't."id" DESC',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What is asked for in one fetch. `create_time_order` is "asc", "desc" or None; ids ascend with time."""

    topics: Sequence[Topic]
    limit: int
    use_priority: bool = False
    create_time_order: str | None = None
    only: Only | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A task to hand out and the position of its topic among those asked for."""

    position: int
    task: state.ExternalTask


def find(dialect: Dialect, wanted: Candidates, *, lock: bool = True) -> tuple[list[Found], datetime | None]:
    """Statement "fetch candidates": the tasks to hand out, locked until the commit, and the time at which they were found."""
    if not wanted.topics or wanted.limit <= 0:
        return [], None
    sql, params = _candidates(dialect, wanted, lock)
    records = dialect.fetch(sql, params)
    table = tables.of_class(state.ExternalTask)
    found, seen = [], set()
    for values, record in zip(dialect.rows(table, records), records, strict=True):
        if values["id"] not in seen:  # the same topic may have been asked for twice
            seen.add(values["id"])
            found.append(Found(position=int(record[len(table.columns)]), task=table.to_row(values)))
    return found, dialect.clock_of(records) or clock.now(dialect.connection.alias)


def _candidates(dialect: Dialect, wanted: Candidates, lock: bool) -> tuple[str, list[Any]]:
    now, now_params = _now(dialect)
    order = _ORDERS[wanted.use_priority, wanted.create_time_order]
    expired = f'{HELD} AND t."lock_expiration_time" <= {now}'
    table = tables.of_class(state.ExternalTask)
    columns = dialect.column_list(table, "t.")
    locking = dialect.skip_locked_clause if lock else ""
    of_topic, within = topic_range(dialect, "%s")
    branches, params = [], []
    # In the text: what a plan costs that has to be good for any limit, no planner can tell.
    limit = int(wanted.limit)
    for position, topic in enumerate(wanted.topics):
        conditions, condition_params = filters(topic, wanted.only)
        most = conf.max_deliveries(topic.topic_name)
        # What workers keep dropping stays where it is until the sweeper has made an incident of it.
        dropped, dropped_params = ("", []) if most is None else (' AND t."deliveries" < %s', [most])
        for state_condition, more, branch_order in (
            (FREE, [], order),
            (expired + dropped, [*now_params, *dropped_params], 't."lock_expiration_time"'),
        ):
            branches.append(
                f'SELECT * FROM (SELECT {columns}, {position} AS topic FROM "{table.name}" t'  # noqa: S608
                f" WHERE {of_topic} AND {state_condition}{conditions} ORDER BY {within(branch_order)} LIMIT {limit}{locking}) b"
            )
            params += [*[topic.topic_name] * of_topic.count("%s"), *more, *condition_params]
    merged = f"SELECT *{dialect.clock_column(True)} FROM ({' UNION ALL '.join(branches)}) c"  # noqa: S608
    return f"{merged} ORDER BY {order.replace('t.', '')} LIMIT {limit}", params


def topic_range(dialect: Dialect, topic: str) -> tuple[str, Callable[[str], str]]:
    """The condition that a task `t` is of a topic, and how an order goes with it so that one of the topic's indexes has it.

    With an equality PostgreSQL knows that the topic doesn't matter to the order, and may read the primary key instead, through
    everything that is locked or of another topic. A range of one value leaves it the topic's own index only.
    """
    if dialect.connection.vendor != "postgresql":
        return f't."topic_name" = {topic}', str
    condition = f't."topic_name" >= {topic} AND t."topic_name" <= {topic}'
    return condition, lambda order: f't."topic_name"{" DESC" if order == _ORDERS[False, "desc"] else ""}, {order}'


def _now(dialect: Dialect) -> tuple[str, list[Any]]:
    """The database's clock as an expression that an index range can use."""
    if dialect.connection.vendor == "postgresql":
        return clock.expression(), []
    return "%s", [codec.time_to_text(clock.now(dialect.connection.alias))]


def lock(dialect: Dialect, found: Sequence[Found], topics: Sequence[Topic], worker_id: str, now: datetime) -> None:
    """Gives the tasks to the worker, each with a lock token of its own, and counts it."""
    table = tables.of_class(state.ExternalTask)
    changes = []
    for one in found:
        task = one.task
        task.worker_id = worker_id
        task.lock_expiration_time = now + timedelta(milliseconds=topics[one.position].lock_duration)
        task.lock_token = ids.new_id(task.id)
        task.deliveries += 1
        changes.append((table, task.id, {name: getattr(task, name) for name in LOCK_COLUMNS}))
    dialect.write(updates(changes, across=True), is_last=True)
