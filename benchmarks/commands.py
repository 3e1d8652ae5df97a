"""Commands in process on a database: how many statements and how much CPU each costs, at any size of the instance (budget 4).

COMPLETIONS: how many of each size (60). LARGE: children of the large multi-instance (10,000).
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from benchmarks import figures, models, processes
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

MOST_FETCHED = 1000


@dataclass(frozen=True, slots=True)
class Cost:
    statements: int
    own: float  # milliseconds of this process's CPU
    database: float  # and of the database's, where it is a process of its own


def run() -> None:
    call_command("migrate", verbosity=0)
    large = figures.size("LARGE", 10_000)
    _measure("two external tasks", models.sequence([models.EXTERNAL] * 2, key="two"), 1)
    few, _ = _measure("10 parallel branches", models.parallel(10), 10)
    many, _ = _measure("1,000 parallel branches", models.parallel(1000), 1000)
    _compare("complete one of 1,000 branches against one of 10", few, many)
    few, start_of_few = _measure("multi-instance of 10", models.multi_instance(10), 10)
    many, start_of_many = _measure(f"multi-instance of {large:,}", models.multi_instance(large), large)
    _compare(f"complete one of {large:,} children against one of 10", few, many)
    for child, start, count in (("10", start_of_few, 10), (f"{large:,}", start_of_many, large)):
        total = start.own + start.database
        sys.stdout.write(f"{f'create {child} children':<60} {total / count:>10.3f} ms of CPU for each\n")


def _measure(name: str, xml: bytes, tasks: int) -> tuple[list[Cost], Cost]:
    """What completions cost, and the start."""
    definition = repository.deploy(resources={"model.bpmn": xml}, name=name).definitions[0]
    variables = {"a": 1, "b": "text", "c": True}
    topics = [Topic(topic_name="work", lock_duration=3_600_000, process_definition_id=definition.pk)]
    wanted = figures.size("COMPLETIONS", 60)
    # The last task of an instance also ends it, and the first of all warms up.
    of_each = max(1, tasks - 1)
    starts = [
        _timed(lambda: runtime.start_process_instance(definition.pk, variables=variables))
        for _ in range(-(-(wanted + 1) // of_each))
    ]
    _analyze()
    completions: list[Cost] = []
    begun: Counter[str] = Counter()
    while len(completions) <= wanted:
        found = external_task.fetch_and_lock(
            worker_id="bench", max_tasks=min(tasks * len(starts), MOST_FETCHED), topics=topics
        )
        for task in found:
            begun[task.process_instance_id] += 1
            if begun[task.process_instance_id] <= of_each and len(completions) <= wanted:
                completions.append(_timed(lambda task=task: external_task.complete(task.id, "bench", {"result": 1})))
    del completions[0]
    start = starts[-1]
    _tell(name, "start", [start])
    _tell("", "complete", completions)
    return completions, start


def _analyze() -> None:
    """As autovacuum does within a minute; until then PostgreSQL's plans are those of the tables as they were."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _tell(name: str, what: str, costs: list[Cost]) -> None:
    statements = "/".join(map(str, sorted({cost.statements for cost in costs})))
    own, database = (statistics.median(values) for values in ([c.own for c in costs], [c.database for c in costs]))
    sys.stdout.write(
        f"{name:<28} {what:<9} {statements:>6} statements {own:>9.2f} ms of ours {database:>9.2f} ms of the database\n"
    )


def _compare(name: str, few: list[Cost], many: list[Cost]) -> None:
    totals = [statistics.median(cost.own + cost.database for cost in costs) for costs in (few, many)]
    figures.verdict(name, totals[1] / totals[0], 1.3, "times the CPU")


def _timed(work: Callable[[], object]) -> Cost:
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        before, database = time.process_time(), processes.backend_cpu()
        work()
        own, database = time.process_time() - before, processes.backend_cpu() - database
    return Cost(len(queries), own * 1000, database * 1000)
