"""A short run of `make chaos` with at least one fault of each kind. It judges promises, never speed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.plan import RATES
from tests.chaos.processes import ROOT

pytestmark = pytest.mark.timeout(900)

SIZES = ("--minutes", "0.4", "--intensity", "0.5", "--workers", "2", "--starters", "1", "--open", "15")


def test_every_promise_holds_under_every_fault(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "tests.chaos", "--seed", "7", *SIZES, "--json", str(report)]
    process = subprocess.Popen(
        [*command, "--keep", str(tmp_path / "kept")],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate()
    finally:
        # Told, not killed: it ends the processes that it has started.
        process.terminate()
        process.wait()
    assert process.returncode == 0, output
    told = json.loads(report.read_text())
    assert told["violations"] == []
    assert told["figures"]["instances"] > 0
    assert {kind: row["planned"] > 0 for kind, row in told["faults"].items()} == dict.fromkeys(RATES, True)
    # The others depend on what happens to be under way at their moment; this one cannot miss.
    assert told["faults"]["stop database"]["hit"] == 1
