"""Plays the recorded cases of Camunda 7.24 against our own server and counts how many come out the same.

    python -m scripts.conformance [sqlite] [postgres] [--cases 'random/random-1*.json'] [--verbose]

For each database a server of its own with a fresh database and no sweeper: the driver fires every job itself.
Fewer cases at level 4 than tests/conformance/expected.json asks for is a failure.
"""

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from scripts.site_process import AUTHORIZATION, fresh_database, site

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT.parent / "shared" / "conformance"
EXPECTED = ROOT / "tests" / "conformance" / "expected.json"
LEVELS = (1, 2, 3, 4)


def load_driver() -> ModuleType:
    """Imported rather than started, so that one play of a case is judged at all four levels."""
    spec = importlib.util.spec_from_file_location("conformance_driver", FOLDER / "driver.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def play(driver: ModuleType, rest: Any, path: Path) -> tuple[int, str]:
    """The highest level at which the case comes out as recorded, and the first difference above it."""
    case = json.loads(path.read_text())
    try:
        trace = driver.Player(rest, case, str(path.parent)).play()
    except Exception as error:  # whatever the driver cannot digest, no engine-rest answers
        trace = {"steps": [], "deploy": f"driver failed: {type(error).__name__} {error}"}
    for level in LEVELS:
        difference = driver.first_difference(driver.view(case["trace"], level), driver.view(trace, level))
        if difference is not None:
            return level - 1, str(difference)
    return LEVELS[-1], ""


def check(database: str, pattern: str, minimum: int, verbose: bool) -> bool:
    driver, cases = load_driver(), sorted(FOLDER.glob(pattern))
    reached = []
    started = time.monotonic()
    with fresh_database(database) as url, site(url) as base:
        rest = driver.Rest(f"{base}/engine-rest", AUTHORIZATION)
        for path in cases:
            level, difference = play(driver, rest, path)
            reached.append(level)
            if verbose and difference:
                print(f"FAIL {path.stem} above level {level}: {difference[:1500]}")
    passed = {level: sum(r >= level for r in reached) for level in LEVELS}
    seconds = time.monotonic() - started
    levels = ", ".join(f"level {level}: {passed[level]}" for level in LEVELS)
    enough = passed[4] >= minimum and bool(cases)
    verdict = "as expected" if enough else "TOO FEW"
    print(
        f"conformance {pattern} on {database}: {len(cases)} cases, {levels}; at least {minimum} at level 4 wanted: {verdict} ({seconds:.0f} s)",
        flush=True,
    )
    return enough


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("--cases", help="a pattern below the conformance folder, instead of those in expected.json")
    parser.add_argument("--verbose", action="store_true", help="print the first difference of each case that fails")
    options = parser.parse_args()
    if not FOLDER.is_dir():
        print(f"The recorded cases are not here ({os.path.relpath(FOLDER)}): nothing is compared.")
        return 0
    expected: dict[str, dict[str, int]] = json.loads(EXPECTED.read_text())
    results = [
        check(database, pattern, minimum, options.verbose)
        for database in options.databases
        for pattern, minimum in ({options.cases: 0} if options.cases else expected[database]).items()
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
