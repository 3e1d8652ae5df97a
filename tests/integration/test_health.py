"""What load balancers and monitoring are told: the truth about the database, the sweepers and the work that waits."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.services import external_task, figures, health, repository, runtime
from workflow_engine.services.external_task import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    yield
    clock.reset()


def ask(path: str) -> tuple[int, dict[str, Any]]:
    answer = Client().get(f"/health/{path}")
    return answer.status_code, json.loads(answer.content)


def test_live_and_ready_need_no_login() -> None:
    assert ask("live") == (200, {"status": "live"})
    status, body = ask("ready")
    assert (status, body["status"], body["database"], body["sweepers"]) == (200, "ready", "ok", 0)
    assert Client().post("/health/ready").status_code == 405


def test_a_sweeper_is_seen_until_it_leaves_or_falls_silent() -> None:
    assert ask("ready?sweeper=1")[0] == 503
    health.beat("one", started=clock.now(), threads=4)
    health.beat("one", started=clock.now(), threads=4)
    assert ask("ready?sweeper=1")[0] == 200
    assert models.SweeperHeartbeat.objects.get().threads == 4
    clock.travel(timedelta(minutes=2))
    status, body = ask("ready?sweeper=1")
    assert (status, body["sweepers"]) == (503, 0)
    assert body["secondsSinceSweeper"] >= 120
    clock.travel(timedelta(days=2))
    health.beat("other", started=clock.now(), threads=1)
    assert list(models.SweeperHeartbeat.objects.values_list("pk", flat=True)) == ["other"]
    health.leave("other")
    assert not models.SweeperHeartbeat.objects.exists()


def test_the_oldest_due_job_is_told() -> None:
    repository.deploy(resources={"m.bpmn": small.timer_start("R3/PT1H")})
    assert ask("ready")[1]["oldestDueJobSeconds"] is None
    clock.travel(timedelta(hours=3))
    assert ask("ready")[1]["oldestDueJobSeconds"] >= 7200


def test_without_a_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse):
        status, body = ask("ready")
    assert (status, body["status"], body["database"]) == (503, "not ready", "unreachable")


def test_figures_of_what_waits() -> None:
    definition = repository.deploy(resources={"m.bpmn": small.one_task()}).definitions[0].pk
    for _ in range(3):
        runtime.start_process_instance(definition)
    topics = [Topic(topic_name="ship", lock_duration=60_000)]
    one, _ = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=2)
    external_task.failure(one.id, "w", error_message="no", retries=0, retry_timeout=0)
    clock.travel(timedelta(seconds=30))
    found = {(one.name, *one.labels.values()): one.value for one in figures.figures()}
    assert found["open_incidents", "order", "failedExternalTask"] == 1
    assert found["process_instances", "order"] == 3
    states = {state: found["external_tasks", "ship", state] for state in ("waiting", "locked", "failed")}
    assert states == {"waiting": 1, "locked": 1, "failed": 1}
    assert found["external_task_oldest_seconds", "ship"] >= 30
    assert found["sweepers",] == 0
    assert found["jobs", "due"] == 0
    assert {one.name for one in figures.figures()} <= figures.HELP.keys()
