"""Repeats a measurement and prints its minimum, median and maximum, with what it was measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable

from django.db import connection

import workflow_engine


def machine() -> str:
    return (
        f"workflow engine {workflow_engine.__version__}, Python {platform.python_version()}, {platform.system()}"
        f" {platform.machine()}, {os.cpu_count()} cores"
    )


def database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def size(name: str, default: int) -> int:
    """Of a benchmark: from the environment, so that a quick look needs no change."""
    return int(os.environ.get(name, default))


def rate(name: str, unit: str, amount: int, work: Callable[[], object], *, rounds: int = 7) -> float:
    """Prints how many `unit` a second of CPU time `work` does, which does `amount` of them; gives the median."""
    work()  # warms caches
    found = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        found.append(amount / (time.process_time() - before))
    return show(name, f"{unit}/s of CPU", found)


def duration(name: str, work: Callable[[], object], *, rounds: int = 7) -> float:
    """Prints the milliseconds of CPU time that `work` takes; gives the median."""
    work()
    found = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        found.append((time.process_time() - before) * 1000)
    return show(name, "ms of CPU", found)


def show(name: str, unit: str, found: list[float]) -> float:
    """Prints minimum, median and maximum of what was found; gives the median."""
    median = statistics.median(found)
    sys.stdout.write(f"{name:<44} {min(found):>10.1f} {median:>10.1f} {max(found):>10.1f}  {unit}\n")
    return median


def verdict(name: str, value: float, most: float, unit: str = "") -> None:
    """Prints a figure that a budget bounds, and whether it is kept."""
    kept = "kept" if value <= most else "NOT KEPT"
    sys.stdout.write(f"{name:<60} {value:>10.2f} {unit:<14} budget {most:g}: {kept}\n")


def at_least(name: str, value: float, least: float, unit: str) -> None:
    kept = "kept" if value >= least else "NOT KEPT"
    sys.stdout.write(f"{name:<60} {value:>10.0f} {unit:<14} budget {least:g}: {kept}\n")


def at(found: list[float], part: float) -> float:
    """The quantile: `at(found, 0.99)` is what 99 of 100 do not exceed."""
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
