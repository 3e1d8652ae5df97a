"""How many statements the hot requests need: constant, whatever an instance holds (design: performance.md).

PostgreSQL writes everything in one statement. SQLite has no round trips to save: there a write is one for each table.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

pytestmark = pytest.mark.django_db


def at_most(on_postgresql: int, *, tables: int) -> int:
    """The ceiling here; `tables`: how many tables are written, each beyond the first a statement more on SQLite."""
    return on_postgresql if connection.vendor == "postgresql" else on_postgresql + tables - 1


def statements(work: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"][:100] for query in captured if "SAVEPOINT" not in query["sql"]]


def two_tasks() -> models.ProcessDefinition:
    body = small.START + small.external("one", "one") + small.external("two", "two") + small.END
    body += small.flow("start", "one") + small.flow("one", "two") + small.flow("two", "end")
    return repository.deploy(resources={"order.bpmn": small.process(body)}).definitions[0]


@pytest.mark.parametrize("variables", [0, 3, 60])
def test_start_and_sequential_steps(variables: int) -> None:
    definition = two_tasks()
    values = {f"v{i}": i for i in range(variables)}
    runtime.start_process_instance(definition.pk, variables=values)  # compiles
    used = statements(lambda: runtime.start_process_instance(definition.pk, variables=values, user="demo"))
    assert len(used) <= at_most(4, tables=9), used
    for name in ("one", "two"):
        topics = [Topic(topic_name=name, lock_duration=60_000)]
        (task, *_) = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=2)
        used = statements(lambda task=task: external_task.complete(task.id, "w", {"result": task.topic_name}))
        assert len(used) <= at_most(5, tables=12), used


def test_failure() -> None:
    runtime.start_process_instance(two_tasks().pk)
    (task,) = external_task.fetch_and_lock(worker_id="w", topics=[Topic(topic_name="one", lock_duration=60_000)])
    used = statements(lambda: external_task.failure(task.id, "w", error_message="m", retries=2, retry_timeout=1))
    assert len(used) <= at_most(4, tables=3), used
