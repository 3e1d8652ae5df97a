"""Commands in process on a database: how many statements and how much CPU of ours each costs, at any size of the instance."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import models
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic


def run() -> None:
    call_command("migrate", verbosity=0)
    for name, xml in (
        ("two external tasks", models.sequence([models.EXTERNAL] * 2, key="two")),
        ("10 parallel branches", models.parallel(10)),
        ("1,000 parallel branches", models.parallel(1000)),
        ("multi-instance of 10", models.multi_instance(10)),
        ("multi-instance of 10,000", models.multi_instance(10_000)),
    ):
        _measure(name, xml)


def _measure(name: str, xml: bytes) -> None:
    definition = repository.deploy(resources={"model.bpmn": xml}, name=name).definitions[0]
    variables = {"a": 1, "b": "text", "c": True}
    start = _timed(lambda: runtime.start_process_instance(definition.pk, variables=variables))
    sys.stdout.write(f"{name:<28} start: {start[0]:>4} statements {start[1]:>9.2f} ms\n")
    found = []
    for _ in range(8):
        tasks = external_task.fetch_and_lock(
            worker_id="bench",
            max_tasks=1,
            topics=[Topic(topic_name="work", lock_duration=60_000, process_definition_id=definition.pk)],
        )
        if not tasks:
            break
        found.append(_timed(lambda task=tasks[0]: external_task.complete(task.id, "bench", {"result": 1})))
    statements = sorted({count for count, _ in found})
    median = statistics.median(spent for _, spent in found)
    sys.stdout.write(f"{'':<28} complete: {statements} statements {median:>9.2f} ms\n")


def _timed(work: Callable[[], object]) -> tuple[int, float]:
    """Statements and milliseconds of CPU."""
    with CaptureQueriesContext(connection) as queries:
        before = time.process_time()
        work()
        spent = (time.process_time() - before) * 1000
    return len(queries), spent
