"""/history/cleanup: what is removed, when, and what the report says beforehand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process, user_task_process
from workflow_engine import checks, clock, ids, models
from workflow_engine.services import history_cleanup
from workflow_engine.services.history_cleanup import removing, window
from workflow_engine.sweeper import history_cleanup as duty
from workflow_engine.sweeper import jobs

EMPTY = process(
    "brief",
    '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="end"/><bpmn:endEvent id="end"/>',
)
CALLER = process(
    "caller",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
    <bpmn:callActivity id="call" calledElement="brief"/><bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="end"/>
    <bpmn:endEvent id="end"/>""",
)
HISTORY = (*removing.OF_INSTANCES, models.HistoricProcessInstance)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.reset()


def sweep() -> None:
    duty.run_once()
    jobs.run_once("sweeper")


def rows() -> int:
    """Of instances; who deployed what stays for ever."""
    belongings = sum(
        model._default_manager.exclude(process_instance_id=None).count() for model in removing.OF_INSTANCES
    )
    return belongings + models.HistoricProcessInstance.objects.count()


def test_everything_of_an_expired_tree_goes_and_nothing_else(api: Api) -> None:
    api.deploy(EMPTY, CALLER, user_task_process("human")).ok()
    api.start("caller", variables={"order": {"value": 17}})
    waiting = api.start("human")
    young = api.start("human")
    task = api.get(f"/task?processInstanceId={young['id']}").ok()[0]
    sweep()
    assert api.get("/history/process-instance/count").ok() == {"count": 4}
    clock.travel(timedelta(days=29))
    api.post(f"/task/{task['id']}/complete").ok()
    clock.travel(timedelta(days=1, hours=2))
    sweep()
    left = {row["id"] for row in api.get("/history/process-instance").ok()}
    assert left == {waiting["id"], young["id"]}
    for model in HISTORY:
        of = "pk" if model is models.HistoricProcessInstance else "process_instance_id"
        strangers = model._default_manager.exclude(**{f"{of}__in": left}).filter(**{f"{of}__isnull": False})
        assert not strangers.exists(), model


def test_a_tree_that_is_too_large_for_one_transaction_goes_in_several(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing.Budget.__init__, "__defaults__", (3,))
    api.deploy(EMPTY, CALLER).ok()
    for _ in range(2):
        api.start("caller", variables={"n": {"value": 1}})
    clock.travel(timedelta(days=31))
    before, passes, more = rows(), 0, True
    assert before > 12
    while more:
        _, more = removing.remove_instances(clock.now(), 10, "default")
        left = rows()
        # At most as many as the budget, and in the last pass of a tree the two rows of its instances.
        assert before - left <= 3 + 4
        before, passes = left, passes + 1
    assert rows() == 0
    assert passes > 3


def test_the_job_is_shown_and_looks_again_in_an_hour(api: Api) -> None:
    assert api.get("/history/cleanup/job").refused(404) == "History cleanup job does not exist"
    assert api.get("/history/cleanup/jobs").refused(404) == "History cleanup jobs are empty"
    job = api.post("/history/cleanup").ok()
    assert job["id"] == ids.HISTORY_CLEANUP_JOB
    assert (job["retries"], job["suspended"], job["processInstanceId"]) == (3, False, None)
    assert job["dueDate"] is not None
    assert api.get("/history/cleanup/job").ok() == job
    assert api.get("/history/cleanup/jobs").ok() == [job]
    assert [found["id"] for found in api.get("/job").ok()] == [job["id"]]
    assert jobs.run_once("sweeper") == {"executed": 1}
    later = api.get("/history/cleanup/job").ok()
    assert moment(later["dueDate"]) - clock.now() > timedelta(minutes=59)
    assert jobs.run_once("sweeper") == {}
    api.post(f"/job/{job['id']}/execute").ok()
    assert api.post("/history/cleanup?immediatelyDue=false").ok()["id"] == job["id"]
    assert api.post("/history/cleanup?immediatelyDue=perhaps").status == 400


def test_whoever_comes_second_makes_no_second_job(api: Api) -> None:
    assert duty.run_once() == {"planned": 1}
    assert duty.run_once() == {"planned": 0}
    api.post("/history/cleanup").ok()
    assert models.Job.objects.count() == 1


def test_a_sweeper_that_lost_the_job_does_not_run_it(api: Api) -> None:
    api.post("/history/cleanup").ok()
    models.Job.objects.update(lock_owner="another", lock_expiration_time=clock.now() + timedelta(minutes=1))
    assert jobs.run("me", [_acquired()]) == {"gone": 1}


def test_a_failure_costs_a_retry_and_the_next_success_clears_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("no space left")

    api.post("/history/cleanup").ok()
    with monkeypatch.context() as patched:
        patched.setattr(removing, "remove_instances", broken)
        for _ in range(3):
            assert jobs.run_once("sweeper") == {"failed": 1}
    job = api.get("/history/cleanup/job").ok()
    assert (job["retries"], job["exceptionMessage"]) == (0, "no space left")
    (incident,) = api.get("/incident").ok()
    assert incident["configuration"] == job["id"]
    api.post("/history/cleanup").ok()
    assert jobs.run_once("sweeper") == {"executed": 1}
    job = api.get("/history/cleanup/job").ok()
    assert (job["retries"], job["exceptionMessage"]) == (3, None)
    assert api.get("/incident").ok() == []


def test_outside_the_window_nothing_is_removed_unless_asked_for(api: Api, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "HISTORY_CLEANUP_WINDOW": ("22:00", "06:00")}
    api.deploy(EMPTY).ok()
    api.start("brief")
    duty.run_once()
    clock.travel_to((clock.now() + timedelta(days=40)).replace(hour=12, minute=0, second=0, microsecond=0))
    noon = clock.now()
    opening = noon.replace(hour=22, minute=0)
    shown = api.get("/history/cleanup/configuration").ok()
    assert (moment(shown["batchWindowStartTime"]).hour, moment(shown["batchWindowEndTime"]).hour) == (22, 6)
    assert shown["enabled"] is True
    sweep()
    assert api.get("/history/process-instance/count").ok() == {"count": 1}
    job = api.get("/history/cleanup/job").ok()
    assert abs(moment(job["dueDate"]) - opening) < timedelta(minutes=1)
    api.post(f"/job/{job['id']}/execute").ok()
    assert api.get("/history/process-instance/count").ok() == {"count": 1}
    clock.travel(timedelta(hours=11))
    sweep()
    assert api.get("/history/process-instance/count").ok() == {"count": 0}
    api.start("brief")
    clock.travel_to((clock.now() + timedelta(days=40)).replace(hour=12))
    api.post("/history/cleanup").ok()
    sweep()
    assert api.get("/history/process-instance/count").ok() == {"count": 0}


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-03-10T23:30", "2026-03-10T22:00", "2026-03-11T06:00"),
        ("2026-03-10T05:59", "2026-03-09T22:00", "2026-03-10T06:00"),
        ("2026-03-10T06:00", "2026-03-10T22:00", "2026-03-11T06:00"),
        ("2026-03-10T12:00", "2026-03-10T22:00", "2026-03-11T06:00"),
    ],
)
def test_the_window_goes_over_midnight(settings: Any, now: str, start: str, end: str) -> None:
    settings.TIME_ZONE = "UTC"
    settings.WORKFLOW_ENGINE = {"HISTORY_CLEANUP_WINDOW": ("22:00", "06:00")}
    found = window.current_or_next(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))


def test_a_new_window_moves_the_job(api: Api, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    clock.travel_to(clock.now().replace(hour=12) + timedelta(days=1))
    duty.run_once()
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "HISTORY_CLEANUP_WINDOW": ("03:00", "04:00")}
    assert duty.run_once() == {"planned": 1}
    due = models.Job.objects.get().due_date
    assert due is not None
    assert due.hour == 3


def test_switched_off(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "HISTORY_CLEANUP_ENABLED": False}
    assert "HISTORY_CLEANUP_ENABLED" in api.post("/history/cleanup").refused(400)
    assert duty.run_once() == {"planned": 0}
    assert api.get("/history/cleanup/configuration").ok() == {
        "batchWindowStartTime": None,
        "batchWindowEndTime": None,
        "enabled": False,
    }


@pytest.mark.parametrize("address", ["{id}", "key/brief"])
def test_the_time_to_live_of_a_definition_can_be_changed(api: Api, address: str) -> None:
    definition = api.get(f"/process-definition/{_deployed(api)}").ok()
    path = address.format(id=definition["id"])
    api.put(f"/process-definition/{path}/history-time-to-live", {"historyTimeToLive": 5}).ok()
    assert api.get(f"/process-definition/{definition['id']}").ok()["historyTimeToLive"] == 5
    instance = api.get(f"/history/process-instance/{api.start('brief')['id']}").ok()
    assert moment(instance["removalTime"]) - moment(instance["endTime"]) == timedelta(days=5)
    api.put(f"/process-definition/{path}/history-time-to-live", {"historyTimeToLive": None})
    assert api.put(f"/process-definition/{path}/history-time-to-live", {"historyTimeToLive": -1}).status == 400


def test_the_time_to_live_of_a_tenants_definition(api: Api) -> None:
    api.deploy(EMPTY, **{"tenant-id": "acme"}).ok()
    path = "/process-definition/key/brief/tenant-id/acme"
    api.put(f"{path}/history-time-to-live", {"historyTimeToLive": 7}).ok()
    assert api.get(path).ok()["historyTimeToLive"] == 7


def test_the_report_tells_what_would_be_removed(api: Api) -> None:
    api.deploy(EMPTY, CALLER, external_task_process("waiting", "work")).ok()
    api.start("caller")
    api.start("waiting")
    address = "/history/process-definition/cleanable-process-instance-report"
    assert api.get(f"{address}/count").ok() == {"count": 3}
    first, second = api.get(f"{address}?compact=true").ok()
    assert {first["processDefinitionKey"], second["processDefinitionKey"]} == {"brief", "caller"}
    assert (first["finishedProcessInstanceCount"], first["cleanableProcessInstanceCount"]) == (1, 0)
    assert first["historyTimeToLive"] == 30
    clock.travel(timedelta(days=31))
    found = api.get(f"{address}?sortBy=finished&sortOrder=asc").ok()
    assert [row["cleanableProcessInstanceCount"] for row in found] == [0, 1, 1]
    assert api.get(f"{address}?processDefinitionKeyIn=brief,other").ok()[0]["processDefinitionKey"] == "brief"
    assert api.get(f"{address}?processDefinitionIdIn=x").ok() == []
    assert api.get(f"{address}?sortBy=nope&sortOrder=asc").status == 400


def test_permissions(api: Api, anonymous: Api) -> None:
    assert anonymous.get("/history/cleanup/job").status == 401
    assert anonymous.post("/history/cleanup").status == 401


def _deployed(api: Api) -> str:
    api.deploy(EMPTY).ok()
    found: str = api.get("/process-definition/key/brief").ok()["id"]
    return found


def _acquired() -> Any:
    from workflow_engine.sweeper.acquisition import AcquiredJob

    return AcquiredJob(
        id=ids.HISTORY_CLEANUP_JOB,
        handler_type=history_cleanup.HANDLER_TYPE,
        activity_id=None,
        process_instance_id=None,
    )


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (("22:00", "06:00"), None),
        (["00:00", "23:59"], None),
        (("22:00", "22:00"), "must not end"),
        (("24:00", "06:00"), "two times"),
        (("22:00",), "two times"),
        ("22:00-06:00", "two times"),
        ((22, 6), "two times"),
    ],
)
def test_wrong_windows_are_told(settings: Any, value: Any, told: str | None) -> None:
    settings.WORKFLOW_ENGINE = {"HISTORY_CLEANUP_WINDOW": value}
    found = [message.msg for message in checks.check_settings(None)]
    assert (found == []) if told is None else (told in found[0])


def test_batches_and_task_metrics_go_too(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "TASK_METRICS_TIME_TO_LIVE": 1}
    now = clock.now()
    for ended in (now - timedelta(days=3), None):
        batch_id = ids.new_uuid()
        models.Batch.objects.create(
            id=batch_id, partition=ids.partition_of(str(batch_id)), type="instance-deletion", total_jobs=0, batch_jobs_per_seed=1,
            invocations_per_batch_job=1, seed_job_definition_id=batch_id, monitor_job_definition_id=batch_id,
            batch_job_definition_id=batch_id, start_time=now, end_time=ended, removal_time=ended,
        )  # fmt: skip
    for days in (0, 2):
        models.TaskMeterLog.objects.create(assignee_hash=days, timestamp=now - timedelta(days=days))
    api.post("/history/cleanup").ok()
    assert jobs.run_once("sweeper") == {"executed": 1}
    assert [batch.end_time for batch in models.Batch.objects.all()] == [None]
    assert list(models.TaskMeterLog.objects.values_list("assignee_hash", flat=True)) == [0]
