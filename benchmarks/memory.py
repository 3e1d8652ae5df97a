"""What a web worker's memory grows to under load (budget 6).

MINUTES of load (1; the budget speaks of 60) by CLIENTS (8), and SAMPLES of the memory meanwhile (6). The process has two external tasks
and three variables; WEB_WORKERS and WEB_THREADS are the server's own.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor, wait

from django.core.management import call_command

from benchmarks import figures, models, processes
from benchmarks.clients import Clients
from scripts.site_process import site
from workflow_engine.services import repository

MOST = 150.0


def run() -> None:
    call_command("migrate", verbosity=0)
    key = f"memory-{uuid.uuid4().hex[:8]}"
    task = models.EXTERNAL.replace('"work"', f'"{key}"')
    seconds = float(os.environ.get("MINUTES", "1")) * 60
    with site(os.environ["DATABASE_URL"]) as base:
        repository.deploy(resources={"model.bpmn": models.sequence([task] * 2, key=key)}, name=key)
        clients = Clients(base, key, key, figures.size("CLIENTS", 8))
        began, every = time.monotonic(), seconds / figures.size("SAMPLES", 6)
        _show("before the load")
        with ThreadPoolExecutor(1) as pool:
            load = pool.submit(clients.run, seconds)
            while wait([load], every).not_done:
                _show(f"after {time.monotonic() - began:.0f} s and {sum(clients.done.values()):,} requests")
        load.result()
        figures.verdict("the largest process of the server", max(_memory()), MOST, "MiB")


def _show(name: str) -> None:
    each = " ".join(f"{size:.0f}" for size in sorted(_memory(), reverse=True))
    sys.stdout.write(f"{name:<60} {each:>20}  MiB of each process of the server\n")


def _memory() -> list[float]:
    """Of the server and its workers: the only children that this process has."""
    return [processes.memory(process) for process in processes.family(os.getpid()) - {os.getpid()}]
