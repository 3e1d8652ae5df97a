"""Rows 8 to 10, 12 and 14: locks, timers, messages, what is gone, and those who wait."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.rest.bad_input.table import CASES, FETCH, UNKNOWN, nothing_changes
from tests.rest.conftest import Api, process
from tests.support.failure_points import all_rows
from workflow_engine import clock
from workflow_engine.models import HistoricJobLog, HistoricProcessInstance, Job, WorkerCredential
from workflow_engine.rest import long_polling
from workflow_engine.sweeper import jobs


def test_row_08_locks(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    task = waiting_task()
    path = f"/external-task/{task['id']}"
    durations: tuple[Any, ...] = (0, -1, 10**18, 86_400_001, 1.5, "1s", "", [], {}, True)
    fetches = [{"topics": [{"topicName": "work", "lockDuration": one}]} for one in durations]
    fetches += [{"maxTasks": one} for one in (-1, 10**9, 1.5, "many", [], 2**40)]
    fetches += [{"asyncResponseTimeout": one} for one in (10**9, 10**18, "long", 1.5, [])]
    fetches += [{"topics": [{"topicName": f"t{n}", "lockDuration": 1000} for n in range(1_000)]}]
    fetches += [{"workerId": one} for one in ("", "x" * 10_240, None, [], {})]
    nothing_changes(
        "08",
        [lambda more=more: api.post("/external-task/fetchAndLock", {**FETCH, **more}) for more in fetches],  # type: ignore[misc]
    )
    # No task is nothing: as Camunda answers.
    before = all_rows()
    assert api.post("/external-task/fetchAndLock", {**FETCH, "maxTasks": 0}).ok() == []
    assert all_rows() == before
    api.post("/external-task/fetchAndLock", FETCH).ok()
    answers = [("lock", {"workerId": "w", "lockDuration": one}) for one in durations]
    answers += [("extendLock", {"workerId": "w", "newDuration": one}) for one in durations]
    answers += [("failure", {"workerId": "w", "retries": one}) for one in (-1, 2**31, "many", 1.5, [])]
    answers += [("failure", {"workerId": "w", "retries": 1, "retryTimeout": one}) for one in (-1, 10**18, "x", [])]
    for action, more in (
        ("complete", {}),
        ("failure", {"retries": 0}),
        ("bpmnError", {"errorCode": "x"}),
        ("extendLock", {"newDuration": 1000}),
    ):
        answers += [(action, {**more, "workerId": one}) for one in ("other", "", "x" * 10_240, None)]
    nothing_changes("08", [lambda a=action, b=body: api.post(f"{path}/{a}", b) for action, body in answers])  # type: ignore[misc]


TIMERS = {
    "cycle": ("R999999999/PT0S", "R/PT0S", "R/PT0.001S", "R/PT1S", "R0/PT1S", "R-1/PT1S", "R5/P10000Y", "R/0001-01-01T00:00:00Z/PT1S", "* * * * * *", "0/0 * * * * ?", "x", ""),
    "duration": ("PT0.001S", "PT-5S", "-P1D", "P10000Y", "P99999999999Y", "PT" + "9" * 400 + "S", "P", "PT", "5", "x", "PT1H;DROP"),
    "date": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00 Nowhere/Land", "10000-01-01T00:00:00Z", "now", ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", TIMERS)
def test_row_09_timers(api: Api, kind: str) -> None:
    for number, text in enumerate(TIMERS[kind]):
        tag = {"cycle": "timeCycle", "duration": "timeDuration", "date": "timeDate"}[kind]
        timer = f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{tag}></bpmn:timerEventDefinition>'
        key, before = f"{kind}{number}", all_rows()
        answer = api.deploy(
            process(
                key,
                f'<bpmn:startEvent id="a">{timer}</bpmn:startEvent><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"/><bpmn:endEvent id="b"/>',
            )
        )
        CASES["09"] += 1
        if answer.status != 200:
            assert answer.refused(400), text
            assert all_rows() == before, text
            continue
        # Accepted: no tight loop. However often the sweeper looks within one moment, it starts at most a few.
        runs = HistoricJobLog.objects.count()
        for _ in range(20):
            jobs.run_once("bad-input")
        assert HistoricProcessInstance.objects.filter(process_definition_key=key).count() <= 3, text
        assert HistoricJobLog.objects.count() - runs <= 20, text
        Job.objects.all().delete()


def test_row_10_what_is_not_there_any_more(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    done, gone = waiting_task(), waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    api.post(f"/external-task/{done['id']}/complete", {"workerId": "w"}).ok()
    api.delete(f"/process-instance/{gone['processInstanceId']}").ok()
    bound, _ = WorkerCredential.issue("bound", topics=["other"]), waiting_task()
    [open_task] = api.get("/external-task?notLocked=true").ok()
    worker = Api(f"Bearer {bound[1]}")
    # Notes when the token was used, once a minute.
    worker.get("/engine").ok()
    paths = [
        done["id"],
        gone["id"],
        UNKNOWN,
        "nope",
        "..",
        "%2e%2e%2f",
        "..%2F..%2Fetc%2Fpasswd",
        "' OR 1=1 --",
        "x" * 5_000,
    ]
    nothing_changes(
        "10", [lambda i=i: api.post(f"/external-task/{i}/complete", {"workerId": "w"}) for i in paths], (404,)
    )  # type: ignore[misc]
    # Not permitted reads as not there: no oracle.
    nothing_changes(
        "10", [lambda: worker.post(f"/external-task/{open_task['id']}/complete", {"workerId": "w"})], (404,)
    )
    nothing_changes(
        "10", [lambda i=i: worker.post(f"/external-task/{i}/complete", {"workerId": "w"}) for i in paths[:4]], (404,)
    )  # type: ignore[misc]
    queries = [
        "sortBy=id;DROP TABLE x&sortOrder=asc", "sortBy=__class__&sortOrder=asc", "sortBy=process_instance__id&sortOrder=asc", "sortBy=taskPriority&sortOrder=asc;--",
        "maxResults=1000000000000000000000", "maxResults=x", "maxResults=1e9", "firstResult=99999999999999999999",
    ]  # fmt: skip
    nothing_changes("10", [lambda q=q: api.get(f"/external-task?{q}") for q in queries])  # type: ignore[misc]


def waiting_for_message(key: str) -> str:
    body = """<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"/>
    <bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="g" sourceRef="c" targetRef="u"/><bpmn:userTask id="u"/>"""
    return process(key, body).replace("<bpmn:process id", '<bpmn:message id="m" name="go"/><bpmn:process id')


def test_row_12_messages(api: Api) -> None:
    api.deploy(waiting_for_message("waits")).ok()
    for number in range(3):
        api.start("waits", businessKey=f"b{number}", variables={"n": {"value": number}})
    bad: list[dict[str, Any]] = [
        {}, {"messageName": ""}, {"messageName": None}, {"messageName": "%"}, {"messageName": "*"}, {"messageName": "go"}, {"messageName": "go", "businessKey": "*"},
        {"messageName": "go", "businessKey": "%"}, {"messageName": "go", "correlationKeys": {}}, {"messageName": "go", "correlationKeys": {"n": {"value": 7}}},
        {"messageName": "go", "correlationKeys": {"n": 1}}, {"messageName": "go", "processInstanceId": "nope"}, {"messageName": "go", "businessKey": "nobody", "resultEnabled": True},
        {"messageName": "GO", "businessKey": "b1"},
    ]  # fmt: skip
    nothing_changes("12", [lambda body=body: api.post("/message", body) for body in bad])  # type: ignore[misc]
    # Replayed: one is let in, the others find nobody who waits.
    api.post("/message", {"messageName": "go", "businessKey": "b1"}).ok()
    nothing_changes("12", [lambda: api.post("/message", {"messageName": "go", "businessKey": "b1"})] * 20)
    keyed = [
        api.post("/message", {"messageName": "go", "businessKey": "b2"}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(20)
    ]
    assert {answer.status for answer in keyed} == {204}
    assert api.get("/task/count").ok() == {"count": 2}


def test_row_14_those_who_wait(
    api: Api, waiting_task: Callable[..., dict[str, Any]], settings: Any, monkeypatch: Any
) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_waiting_threads": 1}}
    idle = {**FETCH, "topics": [{"topicName": "nobody", "lockDuration": 1000}], "asyncResponseTimeout": 60_000}
    started, before = time.monotonic(), all_rows()
    assert long_polling._enter()
    try:
        # The one place is taken: answered at once instead of holding another thread.
        for _ in range(10):
            assert api.post("/external-task/fetchAndLock", idle).ok() == []
    finally:
        long_polling._leave()
    assert time.monotonic() - started < 30
    assert all_rows() == before
    # A client that is gone when there is work gets none of it.
    monkeypatch.setattr(long_polling, "_has_hung_up", lambda request: True)
    assert api.post("/external-task/fetchAndLock", idle).ok() == []
    assert long_polling.waiting_threads() == 0
    # One that vanished with its tasks: they come back with the end of the lock, and the first holder is told so.
    task = waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    assert api.post("/external-task/fetchAndLock", {**FETCH, "workerId": "other"}).ok() == []
    clock.travel(timedelta(seconds=2))
    [again] = api.post("/external-task/fetchAndLock", {**FETCH, "workerId": "other"}).ok()
    assert again["id"] == task["id"]
    nothing_changes("14", [lambda: api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})])
    CASES["14"] += 12
