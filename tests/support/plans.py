"""How the database means to answer a statement, over a table that is full enough for the answer to be that of production."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from workflow_engine import clock, ids
from workflow_engine.models import ExternalTask

TOPICS = 100
TASKS = 4000


def fill_external_tasks() -> None:
    """Tasks of many topics, some waiting, some held, some failed; and what the planner knows of them.

    Without them a planner has nothing to choose by: every index of an empty table costs the same, and which one it takes depends on
    what earlier tests have left in its files.
    """
    now = clock.now()
    ExternalTask.objects.bulk_create(_task(number, now) for number in range(TASKS))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {ExternalTask._meta.db_table}")


def _task(number: int, now: Any) -> ExternalTask:
    is_held = number // TOPICS % 4 == 0
    instance = ids.new_id()
    return ExternalTask(
        id=ids.new_id(instance),
        partition=ids.partition_of(instance),
        topic_name=f"topic-{number % TOPICS}",
        process_instance_id=instance,
        root_process_instance_id=instance,
        execution_id=instance,
        process_definition_id="order:1:018f0000-0000-7000-8000-000000000001",
        process_definition_key="order",
        activity_id="task",
        activity_instance_id=ids.new_id(),
        create_time=now,
        priority=number % 7,
        worker_id="w" if is_held else None,
        lock_expiration_time=now + timedelta(minutes=number % 9 - 4) if is_held else None,
        retries=0 if number // TOPICS % 10 == 9 else None,
    )


def plan(sql: str, params: Sequence[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        return "\n".join(str(column) for row in cursor.fetchall() for column in row)
