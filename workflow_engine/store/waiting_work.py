"""Which of some topics have tasks that a fetch may find now. Nothing is locked: the answer is a hint for those who wait."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from workflow_engine import clock, conf
from workflow_engine.engine import state
from workflow_engine.store import codec, tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.fetch import FREE, HELD, topic_range

UNLIMITED = 2**31 - 1


def topics_with_work(dialect: Dialect, topics: Collection[str]) -> set[str]:
    """Statement "topics with work": one index range for each topic, whatever the number of its tasks."""
    if not topics:
        return set()
    # As a fetch, which leaves alone what workers keep dropping.
    limits = {name: conf.max_deliveries(name) or UNLIMITED for name in topics}
    sql, params = (
        _postgresql(dialect, limits) if dialect.connection.vendor == "postgresql" else _sqlite(dialect, limits)
    )
    return {str(name) for (name,) in dialect.fetch(sql, params)}


def _postgresql(dialect: Dialect, limits: dict[str, int]) -> tuple[str, list[Any]]:
    # With an order and a limit the planner reads the index; it would rather hash all tasks for an EXISTS.
    table = tables.of_class(state.ExternalTask).name
    of_topic, within = topic_range(dialect, "w.name")
    free = f'SELECT 1 FROM "{table}" t WHERE {of_topic} AND {FREE} ORDER BY {within("t.id")} LIMIT 1'  # noqa: S608
    expired = (
        f'SELECT 1 FROM "{table}" t WHERE {of_topic} AND {HELD} AND t."lock_expiration_time" <= {clock.expression()}'  # noqa: S608
        f' AND t."deliveries" < w.most ORDER BY {within("t.lock_expiration_time")} LIMIT 1'
    )
    either = f"(SELECT 1 FROM (({free}) UNION ALL ({expired})) e LIMIT 1) x"  # noqa: S608
    topics = "unnest(%s::text[], %s::int[]) AS w(name, most)"
    params: list[Any] = [list(limits), list(limits.values())]
    return f"SELECT w.name FROM {topics} CROSS JOIN LATERAL {either}", params  # noqa: S608


def _sqlite(dialect: Dialect, limits: dict[str, int]) -> tuple[str, list[Any]]:
    table = tables.of_class(state.ExternalTask).name
    free = f'SELECT 1 FROM "{table}" t WHERE t."topic_name" = w.key AND {FREE}'  # noqa: S608
    expired = f'SELECT 1 FROM "{table}" t WHERE t."topic_name" = w.key AND {HELD} AND t."lock_expiration_time" <= %s AND t."deliveries" < w.value'  # noqa: S608
    now = codec.time_to_text(clock.now(dialect.connection.alias))
    sql = f"SELECT w.key FROM json_each(%s) w WHERE EXISTS ({free}) OR EXISTS ({expired})"  # noqa: S608
    return sql, [json.dumps(limits), now]
