"""A short, seeded run of schemathesis over our own description: no 500, and no answer that is not described."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.one_database
def test_a_short_run_finds_nothing() -> None:
    arguments = ["sqlite", "--seed", "1", "-n", "2", "--phases", "fuzzing", "--continue-on-failure"]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.fuzz_api", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-4000:]
    assert "No issues found" in done.stdout
