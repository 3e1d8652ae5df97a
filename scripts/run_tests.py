"""Runs the whole suite: everything on SQLite, then everything that touches the database on PostgreSQL.

    python -m scripts.run_tests [pytest's own arguments]

The last line is the sum: 'N passed, N failed, N skipped'.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from scripts.browser import MISSING, ensure_browser

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5
RUNS = {
    "sqlite": [],
    # Pure tests know no database: once is enough. Others may say so with the marker one_database.
    "postgres": ["--ignore=tests/unit", "-m", "not one_database"],
}


def run(database: str, arguments: list[str], report: Path) -> int:
    print(f"\n=== Tests on {database} ===", flush=True)
    workers = os.environ.get("TEST_WORKERS", "2")
    command = [sys.executable, "-m", "pytest", "-n", workers, f"--junitxml={report}", *RUNS[database], *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TEST_DATABASE": database}, stdin=subprocess.DEVNULL
    ).returncode


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped; an error in a fixture counts as failed."""
    if not report.exists():
        return 0, 1, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def main(arguments: list[str]) -> int:
    has_browser = ensure_browser()
    if not has_browser:
        print(MISSING, flush=True)
    failed_runs, totals = [], [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        for database in RUNS:
            report = Path(folder) / f"{database}.xml"
            code = run(database, arguments, report)
            if code not in (0, NO_TESTS):
                failed_runs.append(database)
            totals = [a + b for a, b in zip(totals, count(report), strict=True)]
    if not has_browser:
        print(MISSING, flush=True)
    passed, failed, skipped = totals
    if failed_runs:
        print(f"The tests failed on {' and '.join(failed_runs)}.", flush=True)
        failed = failed or len(failed_runs)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
