"""python -m benchmarks [name ...]: all benchmarks, or those named. DATABASE_URL chooses the database; a fresh one is best."""

from __future__ import annotations

import importlib
import os
import sys

import django

from benchmarks import figures

NAMES = ("parsing", "pure_engine", "commands")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ.setdefault("DEBUG", "0")
    os.environ.setdefault("SECRET_KEY", "only for benchmarks")
    os.environ.setdefault("DATABASE_URL", "sqlite:///var/benchmark.sqlite3")
    django.setup()
    sys.stdout.write(f"{figures.machine()}\n{'':<44} {'min':>10} {'median':>10} {'max':>10}\n")
    for name in sys.argv[1:] or NAMES:
        importlib.import_module(f"benchmarks.{name}").run()


if __name__ == "__main__":
    main()
