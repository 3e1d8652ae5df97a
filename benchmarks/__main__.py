"""python -m benchmarks [name ...]: all benchmarks, or those named.

DATABASE_URL chooses the database; a fresh one is best, and DATABASE_URL=postgres makes one on a server of its own. Each says in its
first lines which sizes it takes from the environment.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

import django
from django.conf import settings

from benchmarks import figures
from scripts.site_process import fresh_database

NAMES = (
    *("parsing", "pure_engine", "commands", "hot_requests", "many", "long_polling"),
    *("waiting_tasks", "sweepers", "memory", "sqlite_clients"),
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ.setdefault("DEBUG", "0")
    os.environ.setdefault("SECRET_KEY", "only for benchmarks")
    os.environ.setdefault("DATABASE_URL", "sqlite:///var/benchmark.sqlite3")
    with contextlib.ExitStack() as stack:
        if os.environ["DATABASE_URL"] == "postgres":
            os.environ["DATABASE_URL"] = stack.enter_context(fresh_database("postgres"))
        _run()


def _run() -> None:
    django.setup()
    # What is done here is no business of the site's.
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "METRICS_INTERVAL": None}
    sys.stdout.write(f"{figures.machine()}, {figures.database()}\n{'':<44} {'min':>10} {'median':>10} {'max':>10}\n")
    for name in sys.argv[1:] or NAMES:
        importlib.import_module(f"benchmarks.{name}").run()


if __name__ == "__main__":
    main()
