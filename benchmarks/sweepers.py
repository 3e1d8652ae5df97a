"""Timers that are all due at once, with several sweepers; and what sweepers cost that have nothing to do (budget 5).

TIMERS (10,000), REPLICAS (2), THREADS of each (its own default), IDLE seconds (20). CPU is that of the sweepers and of the database.
What 500 waiting long polls cost is told by `long_polling`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection

from benchmarks import figures, models, processes
from scripts.site_process import ROOT
from workflow_engine import clock
from workflow_engine.models import HistoricJobLog, HistoricProcessInstance, Job
from workflow_engine.services import repository, runtime

TIMER = (
    '<bpmn:intermediateCatchEvent id="{id}"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
)
SETTLING, PATIENCE = 5.0, 1800.0
MOST_CPU, MOST_IDLE = 20.0, 2.0


def run() -> None:
    call_command("migrate", verbosity=0)
    timers, replicas = figures.size("TIMERS", 10_000), figures.size("REPLICAS", 2)
    key = f"timers-{uuid.uuid4().hex[:8]}"
    definition = repository.deploy(resources={"model.bpmn": models.sequence([TIMER], key=key)}, name=key).definitions[0]
    before = time.process_time()
    for _ in range(timers):
        runtime.start_process_instance(definition.pk)
    sys.stdout.write(f"{f'start of {timers:,} instances':<60} {time.process_time() - before:>10.2f} s of our CPU\n")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    with _sweepers(replicas) as running:
        _idle(f"{replicas} sweepers, nothing due", running)
        _fire(definition.pk, timers, running)
        _idle(f"{replicas} sweepers, all done", running)


def _fire(definition: str, timers: int, running: list[int]) -> None:
    mine = Job.objects.filter(process_definition_id=definition)
    roots = _roots(running)
    before, began = processes.cpu(*roots), time.perf_counter()
    mine.update(due_date=clock.now())
    while mine.exists():
        if time.perf_counter() - began > PATIENCE:
            raise RuntimeError(f"{mine.count()} timers have not fired within {PATIENCE:.0f} seconds.")
        time.sleep(0.2)
    lasted = time.perf_counter() - began
    spent = processes.cpu(*roots) - before
    own = {process: processes.cpu(process) for process in running}
    fired = HistoricJobLog.objects.filter(process_definition_id=definition, state="successful")
    once, all_of_them = fired.values("job_id").distinct().count(), fired.count()
    ended = HistoricProcessInstance.objects.filter(process_definition_id=definition, state="COMPLETED").count()
    if not once == all_of_them == ended == timers:
        raise RuntimeError(f"Of {timers} timers {once} have fired, {all_of_them} times; {ended} instances have ended.")
    sys.stdout.write(
        f"{f'{timers:,} timers, each fired once':<60} {timers / lasted:>10.1f} a second, in {lasted:.1f} s\n"
    )
    sys.stdout.write(f"{'':<60} {sum(own.values()):>10.2f} s of the sweepers' CPU, since they began\n")
    figures.verdict("CPU of sweepers and database for 10,000", spent / timers * 10_000, MOST_CPU, "s of CPU")


def _idle(name: str, running: list[int]) -> None:
    """Of one sweeper with its part of the database."""
    time.sleep(SETTLING)
    roots, seconds = _roots(running), figures.size("IDLE", 20)
    before = processes.cpu(*roots)
    time.sleep(seconds)
    each = (processes.cpu(*roots) - before) / seconds / len(running)
    figures.verdict(f"{name}: each", each * 100, MOST_IDLE, "% of a core")


def _roots(running: list[int]) -> list[int]:
    database = processes.postmaster()
    return running if database is None else [*running, database]


@contextlib.contextmanager
def _sweepers(count: int) -> Iterator[list[int]]:
    threads = os.environ.get("THREADS")
    command = [sys.executable, "manage.py", "workflow_sweeper", "-v", "0", *(["--threads", threads] if threads else [])]
    running: list[subprocess.Popen[bytes]] = []
    try:
        running += [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) for _ in range(count)]
        yield [process.pid for process in running]
        if ended := [process.returncode for process in running if process.poll() is not None]:
            raise RuntimeError(f"Sweepers have ended by themselves, with {ended}.")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
