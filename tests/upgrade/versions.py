"""Older versions of this repository, taken from its history, and processes that run them."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("any_version.py")


@dataclass(frozen=True, kw_only=True)
class Version:
    """`tree`: its source. `database_url`: what it works on."""

    tree: Path
    database_url: str

    def manage(self, *arguments: str) -> str:
        return self.run("manage.py", *arguments)

    def do(self, *steps: str) -> str:
        """Steps of `any_version.py`."""
        return self.run(PROGRAM, *steps)

    def run(self, *arguments: str | Path) -> str:
        environment = {**os.environ, "DATABASE_URL": self.database_url, "DEMO": "1", "PYTHONPATH": str(self.tree)}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.tree, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, f"{self.tree.name} {arguments}:\n{done.stdout[-3000:]}{done.stderr[-5000:]}"
        return done.stdout


def source_of(commit: str, folder: Path) -> Path:
    """The tree of a commit. Without the history there is nothing to test, and the run says so."""
    try:
        done = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
        reason = done.stderr.decode().strip()
    except FileNotFoundError:
        done, reason = None, "git is not installed"
    if done is None or done.returncode:
        pytest.skip(f"NO HISTORY: old versions can't be tested without the commit {commit[:12]}: {reason}")
    tree = folder / commit[:12]
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(tree, filter="data")
    return tree
