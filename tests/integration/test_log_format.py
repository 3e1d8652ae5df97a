"""LOG_FORMAT of the site: what its processes write, line by line."""

import json
import subprocess
from typing import Any

import pytest


def sweep(manage: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*manage, "workflow_sweeper", "--once"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.django_db(transaction=True)
def test_a_sweeper_tells_its_passes_as_json(manage: list[str], site_environment: dict[str, str]) -> None:
    done = sweep(manage, {**site_environment, "LOG_FORMAT": "json"})
    assert (done.returncode, done.stdout) == (0, ""), done
    entries: list[dict[str, Any]] = [json.loads(line) for line in done.stderr.splitlines()]
    passes = {entry["duty"]: entry["counts"] for entry in entries if entry.get("event") == "sweeper_pass"}
    assert set(passes) == {"jobs", "external task locks", "idempotency keys", "months of history"}
    assert {entry["logger"] for entry in entries if entry.get("event") == "sweeper_pass"} == {"workflow_engine.sweeper"}


@pytest.mark.django_db(transaction=True)
def test_by_default_it_tells_people(manage: list[str], site_environment: dict[str, str]) -> None:
    done = sweep(manage, site_environment)
    assert done.returncode == 0, done
    assert "jobs: " in done.stdout
    assert not done.stdout.startswith("{")


@pytest.mark.one_database
def test_another_format_is_refused(manage: list[str]) -> None:
    environment = {"DEMO": "1", "DATABASE_URL": "sqlite://:memory:", "LOG_FORMAT": "xml", "PATH": "/usr/bin:/bin"}
    done = sweep(manage, environment)
    assert done.returncode != 0
    assert "it must be line or json" in done.stderr
