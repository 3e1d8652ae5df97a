"""/metrics, /schema/log and /telemetry: what the engine tells of itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from tests.rest.conftest import Api, external_task_process, process, user_task_process
from workflow_engine import clock, models
from workflow_engine.rest.dates import format_date
from workflow_engine.services import metrics
from workflow_engine.services.metrics import counting, memory, reporting
from workflow_engine.sweeper import jobs

# Counting happens after the commit, so these tests need commits.
pytestmark = pytest.mark.django_db(transaction=True)

ASYNC = process(
    "later",
    """<bpmn:startEvent id="start" camunda:asyncBefore="true"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="end"/>
    <bpmn:endEvent id="end"/>""",
)
CALLER = process(
    "caller",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
    <bpmn:callActivity id="call" calledElement="waiting"/><bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="end"/>
    <bpmn:endEvent id="end"/>""",
)


@pytest.fixture(autouse=True)
def _nothing_counted(transactional_db: None) -> Iterator[None]:
    memory.counts().take()
    yield
    memory.counts().take()
    clock.reset()


def total(api: Api, name: str, query: str = "") -> int:
    found: int = api.get(f"/metrics/{name}/sum{query}").ok()["result"]
    return found


def test_instances_and_activities_are_counted(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work"), CALLER).ok()
    api.start("caller")
    assert total(api, "root-process-instance-start") == total(api, "process-instances") == 1
    assert total(api, "activity-instance-start") == total(api, "flow-node-instances") == 4
    assert total(api, "activity-instance-end") == 2
    api.start("waiting")
    assert total(api, "process-instances") == 2
    assert total(api, "executed-decision-elements") == 0


def test_what_is_undone_is_not_counted(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    assert api.post("/process-definition/key/waiting/start", {"variables": {"x": {"type": "Nope"}}}).status == 400
    assert total(api, "process-instances") == 0


def test_counting_costs_no_statement(api: Api, django_assert_num_queries: Any) -> None:
    from django.db import transaction

    numbers = metrics.count
    with django_assert_num_queries(0):
        numbers("job-failed")
    with transaction.atomic(), django_assert_num_queries(0):
        counting.after_commit([], "default")


def test_jobs_are_counted(api: Api) -> None:
    api.deploy(ASYNC).ok()
    api.start("later")
    assert jobs.run_once("sweeper") == {"executed": 1}
    assert jobs.run_once("sweeper") == {}
    assert total(api, "job-acquisition-attempt") == 2
    assert total(api, "job-acquired-success") == 1
    assert total(api, "job-successful") == 1
    assert total(api, "job-failed") == total(api, "job-execution-rejected") == 0


def test_people_who_worked_on_tasks_are_told_apart(api: Api) -> None:
    api.deploy(user_task_process("human")).ok()
    for user in ("mary", "john", "mary"):
        task = api.get(f"/task?processInstanceId={api.start('human')['id']}").ok()[0]
        api.post(f"/task/{task['id']}/assignee", {"userId": user}).ok()
    assert total(api, "unique-task-workers") == total(api, "task-users") == 2
    clock.travel(timedelta(seconds=1))
    before = text(clock.now()).replace("+0000", "Z")
    clock.travel(timedelta(hours=1))
    task = api.get("/task").ok()[0]
    api.post(f"/task/{task['id']}/assignee", {"userId": "ann"}).ok()
    assert total(api, "task-users") == 3
    assert total(api, "task-users", f"?endDate={before}") == 2
    assert total(api, "task-users", f"?startDate={before}") == 1
    assert not models.TaskMeterLog.objects.filter(assignee_hash=0).exists()
    api.delete(f"/metrics/task-worker?date={before}").ok()
    assert total(api, "task-users") == 1
    api.delete("/metrics/task-worker").ok()
    assert total(api, "task-users") == 0
    assert api.delete("/metrics/task-worker?date=yesterday").status == 400
    assert api.get("/history/user-operation?entityType=TaskMetrics").ok()[0]["operationType"] == "Delete"


def test_intervals(api: Api) -> None:
    clock.travel_to(clock.now().replace(minute=1, second=0, microsecond=0) + timedelta(days=1))
    for reporter, minutes in (("one", 0), ("two", 1), ("one", 20)):
        now = clock.now() + timedelta(minutes=minutes)
        models.MeterLog.objects.create(
            name="job-failed", reporter=reporter, value=2, timestamp=now, milliseconds=int(now.timestamp() * 1000)
        )
    found = api.get("/metrics?name=job-failed").ok()
    assert [(row["reporter"], row["value"]) for row in found] == [("one", 2), ("one", 2), ("two", 2)]
    assert (
        found[1]["timestamp"] == found[2]["timestamp"] == text(clock.now().replace(minute=0, second=0, microsecond=0))
    )
    assert found[0]["timestamp"][14:16] == "15"
    together = api.get("/metrics?name=job-failed&aggregateByReporter=true&interval=3600").ok()
    assert [(row["reporter"], row["value"]) for row in together] == [(None, 6)]
    assert len(api.get("/metrics?reporter=two").ok()) == 1
    assert len(api.get("/metrics?maxResults=1").ok()) == 1
    assert len(api.get("/metrics?firstResult=2&name=job-failed").ok()) == 1
    assert api.get(f"/metrics?endDate={text(clock.now() - timedelta(minutes=1)).replace('+0000', 'Z')}").ok() == []
    assert [row["name"] for row in api.get("/metrics?name=process-instances").ok()] == []
    assert {row["name"] for row in api.get("/metrics").ok()} == {"job-failed"}


@pytest.mark.parametrize(
    "query",
    ["maxResults=201", "interval=0", "interval=x", "startDate=x", "name=nope", "firstResult=-1", "interval=9e99"],
)
def test_wrong_questions_are_refused(api: Api, query: str) -> None:
    assert api.get(f"/metrics?{query}").status == 400


def test_unknown_metrics(api: Api, anonymous: Api) -> None:
    assert "job-failed" in api.get("/metrics/nope/sum").refused(404)
    assert anonymous.get("/metrics").status == anonymous.get("/metrics/job-failed/sum").status == 401


def test_counts_are_kept_where_they_cannot_be_written(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no database")

    metrics.count("job-failed", 3)
    with monkeypatch.context() as patched:
        patched.setattr(reporting.clock, "now", broken)
        with pytest.raises(RuntimeError):
            metrics.report()
    assert total(api, "job-failed") == 3
    assert metrics.report() == 0


def test_schema_log(api: Api) -> None:
    (entry,) = api.get("/schema/log").ok()
    assert entry["version"] == api.get("/version").ok()["version"]
    assert set(entry) == {"id", "timestamp", "version"}
    assert api.post("/schema/log", {"version": entry["version"], "sorting": [_NEWEST]}).ok() == [entry]
    assert api.get("/schema/log?version=7.2").ok() == []
    assert api.get("/schema/log?sortBy=version&sortOrder=asc").status == 400
    call_command("migrate", verbosity=0)
    assert api.get("/schema/log").ok() == [entry]


def test_telemetry_is_never_sent(api: Api) -> None:
    assert api.get("/telemetry/configuration").ok() == {"enableTelemetry": False}
    assert api.post("/telemetry/configuration", {"enableTelemetry": True}).status == 204
    assert api.get("/telemetry/configuration").ok() == {"enableTelemetry": False}
    assert api.post("/telemetry/configuration", {}).status == 400
    assert api.post("/telemetry/configuration", {"enableTelemetry": "x"}).status == 400


def test_telemetry_data(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    api.start("waiting")
    data = api.get("/telemetry/data").ok()
    internals = data["product"]["internals"]
    assert internals["metrics"]["process-instances"] == {"count": 1}
    assert internals["metrics"]["flow-node-instances"] == {"count": 2}
    assert set(internals["database"]) == {"vendor", "version"}
    assert data["installation"] == api.get("/telemetry/data").ok()["installation"]


_NEWEST = {"sortBy": "timestamp", "sortOrder": "desc"}


def text(moment: Any) -> str:
    """As answers write it; an address would need the plus encoded, and Z is as good."""
    shown = format_date(moment)
    assert shown is not None
    return shown
