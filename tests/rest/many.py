"""Many in one request: models, and how to ask."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rest.conftest import Api, process
from tests.support.failure_points import before_each_commit

UNKNOWN = "01890000-0000-7000-8000-000000000000"
ALL = pytest.mark.parametrize("verb", ["complete", "failure", "extendLock"])
FIELDS: dict[str, dict[str, Any]] = {
    "complete": {"variables": {"done": {"value": True, "type": "Boolean"}}},
    "failure": {"errorMessage": "no", "errorDetails": "trace", "retries": 2, "retryTimeout": 1000},
    "extendLock": {"newDuration": 120_000},
}
# Three tasks at once, then a gateway each that fails if its variable says so.
BRANCHES = "".join(
    f"""<bpmn:sequenceFlow id="a{n}" sourceRef="fork" targetRef="t{n}"/>
    <bpmn:serviceTask id="t{n}" camunda:type="external" camunda:topic="work"/>
    <bpmn:sequenceFlow id="b{n}" sourceRef="t{n}" targetRef="x{n}"/><bpmn:exclusiveGateway id="x{n}"/>
    <bpmn:sequenceFlow id="c{n}" sourceRef="x{n}" targetRef="u{n}"><bpmn:conditionExpression>${{r{n} == 1}}
    </bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:userTask id="u{n}"/>
    <bpmn:sequenceFlow id="d{n}" sourceRef="x{n}" targetRef="u{n}"><bpmn:conditionExpression>${{r{n} == 0}}
    </bpmn:conditionExpression></bpmn:sequenceFlow>"""
    for n in range(3)
)
BRANCHING = process(
    "branching",
    '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="fork"/>'
    f'<bpmn:parallelGateway id="fork"/>{BRANCHES}',
)


def multi_instance(count: int) -> str:
    task = f"""<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work"><bpmn:multiInstanceLoopCharacteristics>
        <bpmn:loopCardinality>{count}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>"""
    return process(
        "multi",
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>{task}
        <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


def fetch(api: Api, worker: str = "w", count: int = 1_000, topic: str = "work") -> list[dict[str, Any]]:
    body = {"workerId": worker, "maxTasks": count, "topics": [{"topicName": topic, "lockDuration": 60_000}]}
    found: list[dict[str, Any]] = api.post("/external-task/fetchAndLock", body).ok()
    return found


def held(api: Api, model: str, key: str, instances: int = 1) -> list[dict[str, Any]]:
    """The tasks of that many instances, locked for worker `w`, by instance and activity."""
    api.deploy(model).ok()
    for _ in range(instances):
        api.start(key)
    return sorted(fetch(api), key=lambda task: (task["processInstanceId"], task["activityId"]))


def many(api: Api, verb: str, items: list[Any], **more: Any) -> list[dict[str, Any]]:
    results = api.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": items, **more}).ok()["results"]
    assert len(results) == len(items)
    return results  # type: ignore[no-any-return]


def statuses(results: list[dict[str, Any]]) -> list[int]:
    return [result["status"] for result in results]


def items_of(verb: str, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": task["id"], "lockToken": task["lockToken"], **FIELDS[verb]} for task in tasks]


def commits(monkeypatch: pytest.MonkeyPatch, happen: Callable[[int], None] = lambda number: None) -> list[int]:
    """Grows with each commit, before which `happen` is called with its number."""
    found: list[int] = []

    def committing() -> None:
        found.append(len(found))
        happen(found[-1])

    before_each_commit(monkeypatch, committing)
    return found
