"""CPU and memory of processes of this machine: a server's family, and the database's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def family(root: int) -> set[int]:
    """The process and all that it or its children have started and that still run."""
    parents = {process: int(words[1]) for process, words in _all()}
    found = {root} & parents.keys()
    while more := {process for process, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def children(parent: int) -> list[int]:
    return [process for process, words in _all() if int(words[1]) == parent]


def cpu(*roots: int) -> float:
    """Seconds that these families have used so far, with what members used that have ended."""
    members = {member for root in roots for member in family(root)}
    # User and system time of its own, and of children that it has waited for.
    return sum(sum(map(int, words[11:15])) / TICKS for process, words in _all() if process in members)


def postmaster() -> int | None:
    """The database's first process; None if there is none or it runs on another machine."""
    if connection.vendor != "postgresql":
        return None
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    return next((int(words[1]) for process, words in _all() if process == backend), None)


def backend_cpu() -> float:
    """Seconds of the database's process that serves this thread's connection; 0 where it is none of this machine."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return 0.0
    try:
        stat = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(stat.split()[0]) / 1e9


def memory(process: int) -> float:
    """MiB that are resident now."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _all() -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each, from its state on."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
