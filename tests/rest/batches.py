"""What tests of batches share: making things to do something with, and running the sweeper until nothing is left to do."""

from typing import Any

from tests.rest.conftest import Api
from workflow_engine.sweeper import jobs

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


def sweep(owner: str = "sweeper", limit: int = 50) -> None:
    """Seed jobs, jobs and the monitor, until a pass finds nothing that is due."""
    for _ in range(1_000):
        if not jobs.run_once(owner, limit):
            return
    raise AssertionError("The sweeper finds no end.")


def started(api: Api, key: str, number: int, **body: Any) -> list[str]:
    return [str(api.start(key, **body)["id"]) for _ in range(number)]


def statistics(api: Api, batch: dict[str, Any]) -> dict[str, Any]:
    [shown] = api.get(f"/batch/statistics?batchId={batch['id']}").ok()
    return dict(shown)


def ended(api: Api, batch: dict[str, Any]) -> dict[str, Any]:
    """Runs the batch, which must come to its end without failures; its history."""
    sweep()
    left = api.get(f"/batch/statistics?batchId={batch['id']}").ok()
    jobs_left = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()
    assert left == [], (left, jobs_left)
    shown: dict[str, Any] = api.get(f"/history/batch/{batch['id']}").ok()
    assert shown["endTime"] is not None
    assert shown["executionStartTime"] is not None
    return shown
