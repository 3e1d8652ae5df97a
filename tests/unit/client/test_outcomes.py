"""What a handler does, and what the engine is told: one task each, with `run_once`."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.client.fake_engine import FakeEngine
from workflow_engine.client import BpmnError, HandOver, NoRetry, Result, Retry, Task, Worker


def work(worker: Worker, engine: FakeEngine, outcome: Any, **options: Any) -> None:
    def handler(task: Task) -> Any:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    worker.task("charge", **options)(handler)
    assert worker.run_once() == 1


def test_a_dict_completes_with_variables(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    work(worker, engine, {"payment": Decimal("1.10")})
    assert engine.called("complete") == [
        {
            "workerId": "w",
            "lockToken": "token-of-task-1",
            "variables": {"payment": {"value": "1.10", "type": "String"}},
            "localVariables": {},
        }
    ]


def test_a_result_carries_local_variables(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    work(worker, engine, Result(variables={"a": 1}, local_variables={"b": 2}))
    body = engine.called("complete")[0]
    assert (body["variables"]["a"]["value"], body["localVariables"]["b"]["value"]) == (1, 2)


def test_a_bpmn_error(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    work(worker, engine, BpmnError("REFUSED", "no money", {"limit": 10}))
    body = engine.called("bpmnError")[0]
    assert (body["errorCode"], body["errorMessage"], body["variables"]["limit"]["value"]) == ("REFUSED", "no money", 10)


@pytest.mark.parametrize(
    ("server_retries", "left", "wait"), [(None, 2, 10_000), (2, 1, 60_000), (1, 0, 60_000), (7, 6, 10_000)]
)
def test_an_exception_counts_down_from_the_servers_retries(
    worker: Worker, engine: FakeEngine, server_retries: int | None, left: int, wait: int
) -> None:
    engine.add("charge", retries=server_retries)
    work(worker, engine, RuntimeError("terminal down"), backoff=(10, 60))
    body = engine.called("failure")[0]
    assert (body["retries"], body["retryTimeout"], body["errorMessage"]) == (left, wait, "RuntimeError: terminal down")
    assert "Traceback" in body["errorDetails"]


def test_retry_says_when(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge", retries=2)
    work(worker, engine, Retry("not yet", after=5))
    body = engine.called("failure")[0]
    assert (body["retries"], body["retryTimeout"], body["errorMessage"]) == (1, 5000, "not yet")


def test_a_retry_that_does_not_count_keeps_the_retries(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge", retries=2)
    work(worker, engine, Retry(after=5, counts=False))
    assert engine.called("failure")[0]["retries"] == 2


def test_no_retry_opens_an_incident_at_once(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    work(worker, engine, NoRetry("no such card"))
    assert engine.called("failure")[0]["retries"] == 0


@pytest.mark.parametrize("result", [{"a": object()}, "done"])
def test_a_result_that_cannot_be_sent_is_a_failure(worker: Worker, engine: FakeEngine, result: Any) -> None:
    engine.add("charge")
    work(worker, engine, result)
    assert not engine.called("complete")
    assert len(engine.called("failure")) == 1


def test_a_task_handed_over_stays_locked(worker: Worker, engine: FakeEngine) -> None:
    task = engine.add("charge")
    work(worker, engine, HandOver(lock=600))
    assert engine.called("extendLock")[0]["newDuration"] == 600_000
    assert engine.tasks[task]["workerId"] == "w"


def test_a_lost_answer_is_no_second_effect(worker: Worker, engine: FakeEngine) -> None:
    """The engine completed, its answer never came; the repetition is told 404, and that is all right."""
    engine.add("charge")
    engine.interfere = lambda verb, body: "drop" if verb == "complete" and len(engine.called("complete")) == 1 else None
    work(worker, engine, {})
    assert len(engine.called("complete")) == 2
    assert not engine.called("failure")


def test_a_late_complete_is_refused_and_not_a_crash(worker: Worker, engine: FakeEngine) -> None:
    task = engine.add("charge")

    def another_worker_took_it(verb: str, body: dict[str, Any]) -> None:
        if verb == "complete":
            engine.tasks[task]["lockToken"] = "another"

    engine.interfere = another_worker_took_it
    work(worker, engine, {})
    assert task in engine.tasks
    assert engine.tasks[task]["retries"] is None


def test_a_result_that_the_engine_cannot_take_becomes_an_incident(worker: Worker, engine: FakeEngine) -> None:
    task = engine.add("charge")
    engine.interfere = lambda verb, body: (
        (400, {"type": "InvalidRequestException", "message": "no such type"}) if verb == "complete" else None
    )
    work(worker, engine, {})
    assert engine.tasks[task]["retries"] == 0
    assert "no such type" in engine.tasks[task]["errorMessage"]


def test_a_conflict_is_tried_again(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    engine.interfere = lambda verb, body: (
        (409, {}) if verb == "complete" and len(engine.called("complete")) == 1 else None
    )
    work(worker, engine, {})
    assert not engine.tasks


def test_middleware_surrounds_the_handler(engine: FakeEngine) -> None:
    seen: list[str] = []

    def note(task: Task, call: Any) -> Any:
        seen.append("before " + task.topic)
        return {**call(task), "noted": True}

    worker = Worker(engine.url, worker_id="w", middleware=[note])
    engine.add("charge")
    work(worker, engine, {"a": 1})
    assert seen == ["before charge"]
    assert set(engine.called("complete")[0]["variables"]) == {"a", "noted"}


def test_credentials_and_one_connection(worker: Worker, engine: FakeEngine) -> None:
    engine.add("charge")
    work(worker, engine, {})
    assert {headers["Authorization"] for headers in engine.headers} == {"Basic ZGVtbzpzZWNyZXQ="}
    assert engine.connections == 1


def test_only_asked_variables_and_filters_travel(worker: Worker, engine: FakeEngine) -> None:
    @worker.task("charge", lock=30, processDefinitionKey="order")
    def charge(amount: int) -> None: ...

    assert worker.run_once() == 0
    assert engine.called("fetchAndLock")[0]["topics"] == [
        {
            "topicName": "charge",
            "lockDuration": 30_000,
            "deserializeValues": False,
            "processDefinitionKey": "order",
            "variables": ["amount"],
        }
    ]


def test_two_handlers_for_one_topic_are_a_mistake(worker: Worker) -> None:
    worker.task("charge")(lambda: None)
    with pytest.raises(ValueError, match="'charge' has a handler already"):
        worker.task("charge")(lambda: None)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://user:secret@host/engine-rest"])
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    worker = Worker(url)
    worker.task("charge")(lambda: None)
    with pytest.raises(ValueError):
        worker.run_once()
