"""fetchAndLock among many tasks that wait, and in tables that have seen many (budget 3). On PostgreSQL.

FEW and MANY: tasks that wait (10,000 and 1,000,000), in TOPICS topics (50). FINISHED: tasks that come and go (10,000,000), BATCH at a
time (200,000), each batch followed by VACUUM as autovacuum would. FETCHES: measured each time (1,000), of 10 tasks.

Rows are copies that SQL makes of one instance: its execution and its external task, without history, which no fetch reads.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import uuid
from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks import figures, models, processes
from workflow_engine.models import Execution, ExternalTask
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

FETCHED = 10
TAIL = 0.99
# Fetches whose tasks are held at the same time: far fewer than wait.
AT_ONCE = 50


def run() -> None:
    if connection.vendor != "postgresql":
        sys.stdout.write("waiting_tasks: needs PostgreSQL, DATABASE_URL=postgres\n")
        return
    call_command("migrate", verbosity=0)
    _Bench().run()


class _Bench:
    def __init__(self) -> None:
        self._topics = figures.size("TOPICS", 50)
        key = f"waiting-{uuid.uuid4().hex[:8]}"
        self._prefix = key
        xml = models.sequence([models.EXTERNAL.replace('"work"', f'"{key}"')], key=key)
        definition = repository.deploy(resources={"model.bpmn": xml}, name=key).definitions[0]
        instance = runtime.start_process_instance(definition.pk, variables={})
        self._root = Execution.objects.get(pk=instance.id)
        self._child = Execution.objects.get(parent_id=instance.id)
        self._task = ExternalTask.objects.get(process_instance_id=instance.id)
        self._made = 0

    def run(self) -> None:
        few, many = figures.size("FEW", 10_000), figures.size("MANY", 1_000_000)
        self._fill(few)
        self._warm_up()
        first = self._measure(f"{few:,} wait")
        self._fill(many - few)
        large = self._measure(f"{many:,} wait")
        self._compare(f"{many:,} against {few:,}", first, large, 1.5)
        self._empty()
        self._fill(few)
        before = self._measure(f"{few:,} wait again")
        self._empty()
        finished = figures.size("FINISHED", 10_000_000)
        self._churn(finished)
        self._fill(few)
        after = self._measure(f"{few:,} wait after {finished:,} have gone")
        self._compare(f"after {finished:,} against an empty table", before, after, 1.5)
        self._sizes()

    def _warm_up(self) -> None:
        for _ in range(20):
            self._fetch(1)

    def _measure(self, name: str) -> dict[int, list[float]]:
        """Milliseconds of CPU of each fetch, ours and the database's, from one topic and from five. The clock is told beside it."""
        found: dict[int, list[float]] = {}
        for number in (1, 5):
            found[number], waited = [], []
            for fetch in range(figures.size("FETCHES", 1000)):
                if fetch % AT_ONCE == 0:
                    self._release()
                began, before = time.perf_counter(), time.process_time() + processes.backend_cpu()
                self._fetch(number)
                found[number].append((time.process_time() + processes.backend_cpu() - before) * 1000)
                waited.append((time.perf_counter() - began) * 1000)
            figures.show(f"{name}: of {number} topic{'s' * (number > 1)}", "ms of CPU", found[number])
            tails = figures.at(found[number], TAIL), figures.at(waited, TAIL)
            clock = f"by the clock {statistics.median(waited):.1f}, p99 {tails[1]:.1f} ms"
            sys.stdout.write(f"{'':<44} {'p99':>10} {tails[0]:>10.1f} {'':>10}  ms of CPU; {clock}\n")
        return found

    def _fetch(self, number: int) -> None:
        names = random.sample(range(self._topics), number)
        topics = [Topic(topic_name=f"{self._prefix}-{name}", lock_duration=3_600_000) for name in names]
        tasks = external_task.fetch_and_lock(worker_id="bench", max_tasks=FETCHED, topics=topics)
        if len(tasks) != FETCHED:
            raise RuntimeError(f"A fetch got {len(tasks)} tasks: there are too few for so many fetches.")

    def _compare(self, name: str, base: dict[int, list[float]], found: dict[int, list[float]], most: float) -> None:
        for number in base:
            of = f"{name}, {number} topic{'s' * (number > 1)}"
            figures.verdict(
                f"{of}: median", statistics.median(found[number]) / statistics.median(base[number]), most, "times"
            )
            tails = [figures.at(values[number], TAIL) for values in (base, found)]
            figures.verdict(f"{of}: p99", tails[1] / tails[0], most, "times")

    def _fill(self, count: int) -> None:
        batch = figures.size("BATCH", 200_000)
        for begin in range(self._made, self._made + count, batch):
            self._copies(begin, min(batch, self._made + count - begin))
        self._made += count
        self._sql("VACUUM ANALYZE workflow_engine_external_task, workflow_engine_execution")

    def _copies(self, begin: int, count: int) -> None:
        """Ids ascend with the number and lie in any bucket, as real ones do."""
        # The bucket is in digits 15 and 16.
        ids = {
            name: f"('{first}' || lpad(to_hex(n), 11, '0') || '70' || lpad(to_hex(mod(n, 256)), 2, '0')"
            " || '8' || lpad(to_hex(n), 15, '0'))::uuid"
            for name, first in (("root", "d"), ("child", "e"), ("task", "f"))
        }
        shared = {
            "partition": "mod(n, 256)",
            "process_instance_id": ids["root"],
            "root_process_instance_id": ids["root"],
        }
        self._copy(self._root, {**shared, "id": ids["root"]}, begin, count)
        self._copy(self._child, {**shared, "id": ids["child"], "parent_id": ids["root"]}, begin, count)
        topic = f"'{self._prefix}-' || mod(n, {self._topics})"
        of_task = {"id": ids["task"], "execution_id": ids["child"], "topic_name": topic}
        self._copy(self._task, {**shared, **of_task}, begin, count)

    def _copy(self, row: Any, changed: dict[str, str], begin: int, count: int) -> None:
        names = [field.column for field in row._meta.concrete_fields]
        values = ", ".join(changed.get(name, f'r."{name}"') for name in names)
        quoted, table = ", ".join(f'"{name}"' for name in names), row._meta.db_table
        self._sql(
            f'INSERT INTO "{table}" ({quoted}) SELECT {values} FROM "{table}" r, generate_series(%s::bigint, %s::bigint) n'
            ' WHERE r."id" = %s',
            [begin, begin + count - 1, row.pk],
        )

    def _churn(self, count: int) -> None:
        """Tasks that were made, handed out and completed: of each index there is an entry that has gone."""
        batch = figures.size("BATCH", 200_000)
        for begin in range(0, count, batch):
            self._copies(self._made, min(batch, count - begin))
            self._made += min(batch, count - begin)
            self._sql(
                "UPDATE workflow_engine_external_task SET worker_id = 'bench', lock_expiration_time = now() + interval '1 hour'"
                " WHERE id <> %s",
                [self._task.pk],
            )
            self._empty()

    def _release(self) -> None:
        self._sql(
            "UPDATE workflow_engine_external_task SET worker_id = NULL, lock_expiration_time = NULL, lock_token = NULL"
            " WHERE worker_id IS NOT NULL"
        )
        self._sql("VACUUM workflow_engine_external_task")

    def _empty(self) -> None:
        """Of all but the rows that are copied."""
        self._sql("DELETE FROM workflow_engine_external_task WHERE id <> %s", [self._task.pk])
        self._sql("DELETE FROM workflow_engine_execution WHERE id <> ALL(%s)", [[self._root.pk, self._child.pk]])
        self._sql("VACUUM ANALYZE workflow_engine_external_task, workflow_engine_execution")

    def _sizes(self) -> None:
        with connection.cursor() as cursor:
            for table in ("workflow_engine_external_task", "workflow_engine_execution"):
                cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s)", [table, table])
                of_table, of_indexes = cursor.fetchone()
                megabytes = of_table / 2**20, of_indexes / 2**20
                sys.stdout.write(f"{table:<44} {megabytes[0]:>10.1f} MiB, its indexes {megabytes[1]:>10.1f} MiB\n")

    def _sql(self, sql: str, params: list[Any] | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
