"""Runs mutants: each in a copy of the tree, with nothing but the tests that are said to kill it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree

from tests.mutants.mutant import ROOT, Mutant
from tests.support.databases import POSTGRES_URL, SQLITE_FOLDER
from tests.support.postgres import PostgresServer

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "dist", "vendor", "benchmarks", "__pycache__", ".*_cache", ".hypothesis"
)
PATIENCE = 300  # seconds for the tests of one mutant; what hangs for so long has noticed, too


@dataclass(frozen=True, kw_only=True)
class Result:
    """`killers`: the tests that went red. `trouble`: why that can't be told."""

    killers: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def is_killed(self) -> bool:
        return bool(self.killers) and not self.trouble


class Workshop:
    """One copy of the tree, and a PostgreSQL server for it once a mutant asks for one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="workflow-mutants-"))
        self.tree = self.folder / "tree"
        shutil.copytree(ROOT, self.tree, ignore=LEFT_OUT)
        self._server: PostgresServer | None = None

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def try_out(self, mutant: Mutant) -> Result:
        file = self.tree / mutant.path
        source = file.read_text()
        mutant.apply(self.tree)
        try:
            return self.run(mutant.tests, mutant.database)
        finally:
            file.write_text(source)
            # Python tells sources apart by the second in which they were written.
            Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)

    def run(self, tests: Iterable[str], database: str, *options: str) -> Result:
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        # The counts of some tests fit into the old form of the report only.
        reporting = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
        plain = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *plain, *reporting]
        try:
            done = subprocess.run(
                [*command, *options, *tests],
                cwd=self.tree,
                env=self._environment(database),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return Result(killers=(f"hung for {PATIENCE} seconds",))
        return _result(done, report)

    def _environment(self, database: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in (SQLITE_FOLDER, POSTGRES_URL)}
        found = {**inherited, "TEST_DATABASE": database, SQLITE_FOLDER: str(self.folder / "sqlite")}
        if database == "postgres":
            if self._server is None:
                self._server = PostgresServer()
                self._server.start()
            found[POSTGRES_URL] = self._server.url
        return found


def _result(done: subprocess.CompletedProcess[str], report: Path) -> Result:
    if done.returncode == 0:
        return Result()
    cases = ElementTree.parse(report).getroot().iter("testcase") if report.exists() else ()
    red = tuple(_name(case) for case in cases if case.find("failure") is not None)
    # A test that can't even begin has noticed nothing: the mutant must be one that runs.
    return Result(killers=red) if done.returncode == 1 and red else Result(trouble=(done.stdout + done.stderr)[-4000:])


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"


def sound(mutants: Iterable[Mutant]) -> Result:
    """What goes red without any mutant; nothing may."""
    workshop = Workshop()
    killers: list[str] = []
    try:
        for database in ("sqlite", "postgres"):
            tests = dict.fromkeys(test for mutant in mutants if mutant.database == database for test in mutant.tests)
            if tests:
                result = workshop.run(tests, database)
                if result.trouble:
                    return result
                killers += result.killers
        return Result(killers=tuple(killers))
    finally:
        workshop.close()


def run(mutants: Iterable[Mutant], jobs: int, tell: Callable[[Mutant, Result], None]) -> None:
    """Tries out every mutant, several at a time; `tell` hears of each when it is done."""
    free: SimpleQueue[Workshop] = SimpleQueue()
    workshops, telling = [Workshop() for _ in range(jobs)], threading.Lock()
    for workshop in workshops:
        free.put(workshop)

    def one(mutant: Mutant) -> None:
        workshop = free.get()
        try:
            result = workshop.try_out(mutant)
        finally:
            free.put(workshop)
        with telling:
            tell(mutant, result)

    try:
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            list(pool.map(one, mutants))
    finally:
        for workshop in workshops:
            workshop.close()
