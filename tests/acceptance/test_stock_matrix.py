"""What a worker may want from the engine, once with each stock client, as far as the client can do it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Site
from tests.acceptance.stock_clients import Plan, StockWorker, complete, echo, error, extend, fail, lock, unlock
from tests.rest.conftest import process
from tests.support.waiting import wait_until
from workflow_engine import clock

Start = Callable[[Plan], StockWorker]
# The stock Python client has none of these, pycamunda no lock of one task.
CAN = {
    "extend": {"javascript", "pycamunda", "java"},
    "unlock": {"javascript", "pycamunda", "java"},
    "lock": {"javascript", "java"},
}
OBJECT = {"objectTypeName": "com.example.Order", "serializationDataFormat": "application/json"}
TYPED: dict[str, dict[str, Any]] = {
    "boolean": {"type": "Boolean", "value": True},
    "short": {"type": "Short", "value": 7},
    "integer": {"type": "Integer", "value": 5},
    "long": {"type": "Long", "value": 5_000_000_000},
    "double": {"type": "Double", "value": 1.5},
    "string": {"type": "String", "value": "grün \U0001f600"},
    "date": {"type": "Date", "value": "2026-01-02T03:04:05.006+0000"},
    "null": {"type": "Null", "value": None},
    "bytes": {"type": "Bytes", "value": "AAH/"},
    "json": {"type": "Json", "value": '{"a":[1,"x"]}'},
    "xml": {"type": "Xml", "value": "<a b='c'/>"},
    "object": {"type": "Object", "value": '{"id":1}', "valueInfo": OBJECT},
    "file": {"type": "File", "value": "Y29udGVudA==", "valueInfo": {"filename": "a.txt", "mimetype": "text/plain"}},
}
# What a client itself cannot send back as it came.
LOST: dict[str, set[str]] = {
    "javascript": set(),
    "python": {"file"},
    "pycamunda": {"file"},
    "java": set(),
}


@pytest.fixture
def deployed(site: Site, tmp_path: Path) -> Site:
    """start -> external task "work", with a boundary event for errors -> a user task to look at what came of it."""
    path = tmp_path / "matrix.bpmn"
    path.write_text(
        process(
            "matrix",
            """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
            <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work" camunda:taskPriority="${priority}"/>
            <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="look"/><bpmn:userTask id="look"/>
            <bpmn:boundaryEvent id="caught" attachedToRef="work">
            <bpmn:errorEventDefinition errorRef="e" camunda:errorMessageVariable="why"/></bpmn:boundaryEvent>
            <bpmn:sequenceFlow id="f3" sourceRef="caught" targetRef="mend"/><bpmn:userTask id="mend"/>""",
        ).replace("<bpmn:process ", '<bpmn:error id="e" errorCode="E1"/><bpmn:process ')
    )
    site.deploy(path)
    return site


def begin(site: Site, priority: int = 0, **variables: Any) -> str:
    body = {
        "businessKey": f"p{priority}",
        "variables": {"priority": {"type": "Integer", "value": priority}, **variables},
    }
    return str(site.rest.post("/process-definition/key/matrix/start", body)["id"])


def reached(site: Site, instance: str, worker: StockWorker, name: str) -> None:
    wait_until(
        lambda: site.rest.get("/task", processInstanceId=instance, taskDefinitionKey=name),
        lambda: (worker.lines, worker.errors),
    )
    assert not worker.errors, worker.errors


def variables_of(site: Site, instance: str) -> dict[str, Any]:
    found: dict[str, Any] = site.rest.get(f"/process-instance/{instance}/variables", deserializeValues="false")
    return found


def the_task(site: Site, instance: str) -> dict[str, Any]:
    [task] = site.rest.get("/external-task", processInstanceId=instance)
    return dict(task)


def test_typed_variables_both_ways(deployed: Site, client_name: str, stock_worker: Start) -> None:
    # The Java client knows no such class.
    left_out = {"object"} if client_name == "java" else set()
    typed = {name: sent for name, sent in TYPED.items() if name not in left_out}
    instance = begin(deployed, **typed)
    worker = stock_worker({"work": [echo()]})
    reached(deployed, instance, worker, "look")
    found = variables_of(deployed, instance)
    for name, sent in typed.items():
        assert (found[name]["type"], found[name]["value"]) == (sent["type"], sent["value"] if name != "file" else None)
        if name in LOST[client_name]:
            continue
        back = found[f"{name}Back"]
        assert back["type"] == sent["type"], (name, back)
        if name in ("json", "object"):
            # Written anew by the client: the same data.
            assert back["value"].replace(" ", "") == sent["value"].replace(" ", "")
        elif name == "file":
            assert back["valueInfo"]["filename"] == "a.txt"
            assert deployed.download(f"/process-instance/{instance}/variables/fileBack/data") == b"content"
        else:
            assert back["value"] == sent["value"], name


def test_plain_variables(deployed: Site, stock_worker: Start) -> None:
    instance = begin(deployed)
    worker = stock_worker({"work": [complete(text="ü", number=5, truth=True, fraction=1.5)]})
    reached(deployed, instance, worker, "look")
    found = variables_of(deployed, instance)
    assert {name: found[name]["value"] for name in ("text", "number", "truth", "fraction")} == {
        "text": "ü", "number": 5, "truth": True, "fraction": 1.5,
    }  # fmt: skip


def test_failures_retries_and_an_incident(deployed: Site, stock_worker: Start) -> None:
    instance = begin(deployed)
    # The stock Python client counts down by itself once the engine knows a number.
    worker = stock_worker({"work": [fail("first", retries=1), fail("second", retries=0), complete()]})
    [incident] = wait_until(
        lambda: deployed.rest.get("/incident", processInstanceId=instance), lambda: (worker.lines, worker.errors)
    )
    assert (incident["incidentType"], incident["incidentMessage"]) == ("failedExternalTask", "second")
    task = the_task(deployed, instance)
    assert (task["retries"], task["errorMessage"]) == (0, "second")
    # As in Camunda, one sees who failed.
    assert task["workerId"].startswith("stock-")
    deployed.rest.request("PUT", f"/external-task/{task['id']}/retries", {"retries": 1})
    reached(deployed, instance, worker, "look")
    assert worker.done == ["work fail", "work fail", "work complete"]


def test_bpmn_error(deployed: Site, stock_worker: Start) -> None:
    instance = begin(deployed)
    worker = stock_worker({"work": [error("E1", "sold out", left=3)]})
    reached(deployed, instance, worker, "mend")
    found = variables_of(deployed, instance)
    assert (found["left"]["value"], found["why"]["value"]) == (3, "sold out")


def test_priorities(deployed: Site, stock_worker: Start) -> None:
    for priority in (1, 9, 5):
        begin(deployed, priority)
    worker = stock_worker({"work": [complete()]})
    wait_until(lambda: len(worker.done) == 3, lambda: (worker.lines, worker.errors))
    assert [line["businessKey"] for line in worker.lines] == ["p9", "p5", "p1"]


def test_long_polling(deployed: Site, stock_worker: Start) -> None:
    """Who waits already gets what appears, again and again."""
    worker = stock_worker({"work": [complete()]})
    for number in range(3):
        instance = begin(deployed, number)
        reached(deployed, instance, worker, "look")
    assert worker.done == ["work complete"] * 3


@pytest.mark.parametrize(
    ("client_name", "how"), [(client, how) for how in (extend, lock) for client in sorted(CAN[how.__name__])]
)
def test_locks_for_longer(
    deployed: Site, client_name: str, stock_worker: Start, how: Callable[[int], dict[str, Any]]
) -> None:
    instance = begin(deployed)
    worker = stock_worker({"work": [how(3_600_000), complete()]})
    limit = clock.now() + timedelta(minutes=50)

    def is_long() -> bool:
        expiration = the_task(deployed, instance)["lockExpirationTime"]
        return expiration is not None and datetime.strptime(expiration, "%Y-%m-%dT%H:%M:%S.%f%z") > limit

    wait_until(is_long, lambda: (worker.lines, worker.errors))
    # The stock clients' own lock would have expired by now.
    clock.travel(timedelta(minutes=30))
    assert the_task(deployed, instance)["workerId"].startswith("stock-")
    clock.travel(timedelta(minutes=31))
    reached(deployed, instance, worker, "look")
    assert worker.done == [f"work {how.__name__}", "work complete"]


@pytest.mark.parametrize("client_name", sorted(CAN["unlock"]))
def test_unlock(deployed: Site, client_name: str, stock_worker: Start) -> None:
    instance = begin(deployed)
    worker = stock_worker({"work": [unlock(), complete()]})
    reached(deployed, instance, worker, "look")
    assert worker.done == ["work unlock", "work complete"]
