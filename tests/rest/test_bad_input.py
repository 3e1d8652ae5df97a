"""Mistakes and malice: a 4xx with a sentence, nothing stored, nothing changed, never a 500."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process

UNKNOWN = "01890000-0000-7000-8000-000000000000"
IDS = (UNKNOWN, "nope", "..", "%2e%2e%2f", "' OR 1=1 --", "x" * 1000, "ü")
START = "/process-definition/key/human/start"
JSON_BODIES = [
    b"{not json",
    b"[1]",
    b"null",
    b'"text"',
    b"5",
    b'{"variables": NaN}',
    b'{"variables": {"v": {"value": 1e400}}}',
    b'{"businessKey": "\\u0000"}',
    b'{"businessKey": "\\ud800"}',
    b'{"variables": {"v": {"value": ' + b"9" * 5000 + b"}}}",
    b'{"variables": {"v": {"value": 18446744073709551616}}}',
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"businessKey": {"a": 1}}',
    b'{"businessKey": "' + b"x" * 256 + b'"}',
    b'{"variables": [1]}',
    b'{"variables": "x"}',
    b'{"variables": {"v": 5}}',
    b'{"variables": {"v": null}}',
    b'{"withVariablesInReturn": "maybe"}',
    b'{"startInstructions": [{"type": "nope"}]}',
    b'{"startInstructions": 5}',
    b"\xff\xfe",
]


def count(api: Api) -> int:
    return int(api.get("/history/process-instance/count").ok()["count"])


@pytest.mark.parametrize("body", JSON_BODIES, ids=range(len(JSON_BODIES)))
def test_bad_json(human: Api, body: bytes) -> None:
    started = time.monotonic()
    assert human.call("POST", START, body).refused(400)
    assert time.monotonic() - started < 2
    assert count(human) == 0


def test_bodies_that_are_too_large_or_no_json(human: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_body_bytes": 1000}}
    body = b'{"businessKey": "' + b"x" * 1000 + b'"}'
    assert "1000" in human.call("POST", START, body).refused(413)
    human.call("POST", START, b"{}", content_type="text/plain").refused(415)
    human.call("POST", START, b"{}", content_type="").refused(415)
    human.call("POST", START, b"{}", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="").refused(411)
    human.call("POST", START, b"{}", CONTENT_LENGTH="x").refused(400)
    assert count(human) == 0
    # An empty body and unknown fields are fine, as for Camunda; none of them is ever stored.
    started = human.call("POST", START, b"").ok()
    other = human.post(START, {"id": UNKNOWN, "tenantId": "t", "suspended": True, "state": "COMPLETED", "nope": 1}).ok()
    assert (other["tenantId"], other["suspended"], other["ended"]) == (None, False, False)
    assert {started["id"], other["id"]}.isdisjoint({UNKNOWN})


DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{0}">]><x>&a;</x>'
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><lolz>&a11;</lolz>"
)
MODELS = {
    "not xml": "this is no XML",
    "broken xml": "<broken",
    "empty": "",
    "doctype": DTD.format("x"),
    "external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]><x/>',
    "billion laughs": LAUGHS,
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><x>{"&a;" * 10_000}</x>',
    "deep": "<a>" * 10_000 + "</a>" * 10_000,
    "attributes": "<a " + " ".join(f"b{n}=''" for n in range(10_000)) + "/>",
    "no bpmn": "<html/>",
    "dangling flow": external_task_process("broken", "t").replace('targetRef="work"', 'targetRef="nowhere"'),
    "two ids": process("broken", '<bpmn:startEvent id="a"/><bpmn:startEvent id="a"/>'),
    "boundary event on nothing": process(
        "broken",
        '<bpmn:startEvent id="a"/><bpmn:boundaryEvent id="b" attachedToRef="x"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>',
    ),
    "bad expression": process(
        "broken",
        '<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="t"/>'
        '<bpmn:serviceTask id="t" camunda:expression="${().__class__.__mro__"/>',
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_bad_models(api: Api, name: str) -> None:
    good = external_task_process("good", "t")
    started = time.monotonic()
    answer = api.deploy(good, MODELS[name])
    assert time.monotonic() - started < 2
    message = answer.refused(400)
    assert "root:" not in message
    assert "model1.bpmn" in message
    assert answer.json["type"] == "ParseException"
    assert answer.json["details"]["model1.bpmn"]["errors"][0]["message"]
    assert api.get("/deployment/count").ok() == {"count": 0}
    assert api.get("/process-definition/count").ok() == {"count": 0}


def test_the_place_of_a_mistake_is_told(api: Api) -> None:
    answer = api.deploy(MODELS["dangling flow"])
    [error, *_] = answer.json["details"]["model0.bpmn"]["errors"]
    assert error["mainElementId"] == "f1"
    assert error["line"] >= 1
    assert error["elementIds"] == ["f1"]
    assert "f1" in answer.refused(400)


def test_bad_deployments(api: Api, settings: Any) -> None:
    api.post("/deployment/create", {}).refused(415)
    api.form("/deployment/create", {"deployment-name": "x"}).refused(400)
    api.form("/deployment/create", {"unknown": "x"}).refused(400)
    api.deploy(external_task_process("good", "t"), **{"enable-duplicate-filtering": "maybe"}).refused(400)
    api.deploy(external_task_process("good", "t"), **{"deployment-name": "x" * 300}).refused(400)
    api.deploy(external_task_process("good", "t"), **{"deployment-name": "a\0b"}).refused(400)
    api.call("POST", "/deployment/create", b"garbage", content_type="multipart/form-data").refused(400)
    api.call("POST", "/deployment/create", b"garbage", content_type="multipart/form-data; boundary=x").refused(400)
    settings.WORKFLOW_ENGINE = {"REST": {"max_deployment_bytes": 100}}
    api.deploy(external_task_process("good", "t")).refused(413)
    assert api.get("/deployment/count").ok() == {"count": 0}


def test_large_models_are_refused_by_the_parsers_limit(api: Api) -> None:
    assert api.deploy(external_task_process("good", "t", f"<!--{'x' * 3_000_000}-->")).status in (400, 413)
    assert api.get("/deployment/count").ok() == {"count": 0}


GETS = [
    "/deployment/{}", "/deployment/{}/resources", "/deployment/{}/resources/x", "/deployment/{}/resources/x/data",
    "/process-definition/{}", "/process-definition/{}/xml", "/process-definition/{}/statistics", "/process-definition/{}/startForm",
    "/process-definition/{}/form-variables", "/process-definition/key/{}", "/process-definition/key/{}/xml",
    "/process-definition/key/x/tenant-id/{}", "/process-instance/{}", "/process-instance/{}/activity-instances",
    "/process-instance/{}/variables", "/process-instance/{}/variables/x", "/process-instance/{}/variables/x/data", "/execution/{}",
    "/execution/{}/localVariables", "/execution/{}/localVariables/x", "/execution/{}/messageSubscriptions/x", "/external-task/{}",
    "/external-task/{}/errorDetails", "/task/{}", "/task/{}/variables", "/task/{}/localVariables", "/task/{}/identity-links",
    "/task/{}/form", "/task/{}/form-variables", "/job/{}", "/job/{}/stacktrace", "/job-definition/{}", "/incident/{}",
    "/variable-instance/{}", "/variable-instance/{}/data", "/history/process-instance/{}", "/history/activity-instance/{}",
    "/history/variable-instance/{}", "/history/variable-instance/{}/data", "/history/detail/{}", "/history/detail/{}/data",
    "/history/external-task-log/{}", "/history/external-task-log/{}/error-details", "/history/job-log/{}",
    "/history/job-log/{}/stacktrace", "/history/process-definition/{}/statistics",
]  # fmt: skip
WORKER = {"workerId": "w"}
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("DELETE", "/deployment/{}", {}),
    ("POST", "/deployment/{}/redeploy", {}),
    ("POST", "/process-definition/{}/start", {}),
    ("POST", "/process-definition/{}/submit-form", {}),
    ("POST", "/process-definition/key/{}/start", {}),
    ("PUT", "/process-definition/{}/suspended", {"suspended": True}),
    ("PUT", "/process-definition/{}/history-time-to-live", {"historyTimeToLive": 1}),
    ("DELETE", "/process-definition/{}", {}),
    ("DELETE", "/process-definition/key/{}", {}),
    ("DELETE", "/process-instance/{}", {}),
    ("PUT", "/process-instance/{}/suspended", {"suspended": True}),
    ("POST", "/process-instance/{}/modification", {"instructions": [{"type": "cancel", "activityId": "x"}]}),
    ("PUT", "/process-instance/{}/variables/x", {"value": 1}),
    ("POST", "/process-instance/{}/variables", {"modifications": {"x": {"value": 1}}}),
    ("DELETE", "/process-instance/{}/variables/x", {}),
    ("POST", "/execution/{}/signal", {}),
    ("POST", "/execution/{}/create-incident", {"incidentType": "x"}),
    ("POST", "/execution/{}/messageSubscriptions/x/trigger", {}),
    ("PUT", "/execution/{}/localVariables/x", {"value": 1}),
    ("POST", "/external-task/{}/complete", WORKER),
    ("POST", "/external-task/{}/failure", WORKER),
    ("POST", "/external-task/{}/bpmnError", {**WORKER, "errorCode": "x"}),
    ("POST", "/external-task/{}/extendLock", {**WORKER, "newDuration": 1000}),
    ("POST", "/external-task/{}/lock", {**WORKER, "lockDuration": 1000}),
    ("POST", "/external-task/{}/unlock", {}),
    ("PUT", "/external-task/{}/retries", {"retries": 1}),
    ("PUT", "/external-task/{}/priority", {"priority": 1}),
    ("PUT", "/task/{}", {}),
    ("DELETE", "/task/{}", {}),
    ("POST", "/task/{}/complete", {}),
    ("POST", "/task/{}/submit-form", {}),
    ("POST", "/task/{}/claim", {"userId": "u"}),
    ("POST", "/task/{}/unclaim", {}),
    ("POST", "/task/{}/assignee", {"userId": "u"}),
    ("POST", "/task/{}/delegate", {"userId": "u"}),
    ("POST", "/task/{}/resolve", {}),
    ("POST", "/task/{}/bpmnError", {"errorCode": "x"}),
    ("POST", "/task/{}/bpmnEscalation", {"escalationCode": "x"}),
    ("POST", "/task/{}/identity-links", {"userId": "u", "type": "candidate"}),
    ("POST", "/task/{}/identity-links/delete", {"userId": "u", "type": "candidate"}),
    ("PUT", "/task/{}/variables/x", {"value": 1}),
    ("PUT", "/task/{}/localVariables/x", {"value": 1}),
    ("POST", "/job/{}/execute", {}),
    ("PUT", "/job/{}/retries", {"retries": 1}),
    ("PUT", "/job/{}/duedate", {"duedate": "2099-01-01T00:00:00.000+0000"}),
    ("PUT", "/job/{}/suspended", {"suspended": True}),
    ("PUT", "/job/{}/priority", {"priority": 1}),
    ("DELETE", "/job/{}", {}),
    ("PUT", "/job-definition/{}/retries", {"retries": 1}),
    ("PUT", "/job-definition/{}/suspended", {"suspended": True}),
    ("PUT", "/job-definition/{}/jobPriority", {"priority": 1}),
    ("DELETE", "/incident/{}", {}),
    ("PUT", "/incident/{}/annotation", {"annotation": "x"}),
    ("DELETE", "/incident/{}/annotation", {}),
    ("DELETE", "/history/process-instance/{}", {}),
]


@pytest.mark.parametrize("path", GETS)
def test_unknown_ids_when_reading(api: Api, path: str) -> None:
    for unknown in IDS:
        assert api.get(path.format(unknown)).refused(404)
    assert api.get(path.format("a%00b")).refused(400)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_unknown_ids_when_changing(api: Api, method: str, path: str, body: dict[str, Any]) -> None:
    for unknown in IDS:
        assert api.call(method, path.format(unknown), body).refused(404)
    assert api.call(method, path.format("a%00b"), body).refused(400)


FETCH = {"workerId": "w", "maxTasks": 10, "topics": [{"topicName": "work", "lockDuration": 1000}]}
BAD_FETCHES: list[dict[str, Any]] = [
    {"workerId": None},
    {"workerId": ""},
    {"workerId": "x" * 10_000},
    {"workerId": {}},
    {"maxTasks": -1},
    {"maxTasks": 10**9},
    {"maxTasks": "many"},
    {"maxTasks": 1.5},
    {"asyncResponseTimeout": 1_800_001},
    {"asyncResponseTimeout": 10**18},
    {"asyncResponseTimeout": "long"},
    {"usePriority": "maybe"},
    {"topics": "work"},
    {"topics": [5]},
    {"topics": [{"lockDuration": 1000}]},
    {"topics": [{"topicName": "work"}]},
    {"topics": [{"topicName": "work", "lockDuration": 0}]},
    {"topics": [{"topicName": "work", "lockDuration": -1}]},
    {"topics": [{"topicName": "work", "lockDuration": 10**18}]},
    {"topics": [{"topicName": "work", "lockDuration": 86_400_001}]},
    {"topics": [{"topicName": "work", "lockDuration": "1s"}]},
    {"topics": [{"topicName": "work", "lockDuration": 1.5}]},
    {"topics": [{"topicName": "work", "lockDuration": 1000, "variables": "x"}]},
    {"topics": [{"topicName": "work", "lockDuration": 1000, "processVariables": {"n": {"a": 1}}}]},
    {"topics": [{"topicName": "work", "lockDuration": 1000, "deserializeValues": "maybe"}]},
    {"topics": [{"topicName": f"t{n}", "lockDuration": 1000} for n in range(201)]},
    {"sorting": [{"sortBy": "createTime"}]},
    {"sorting": [{"sortBy": "nope", "sortOrder": "asc"}]},
    {"sorting": [{"sortBy": "createTime", "sortOrder": "up"}]},
]


def test_bad_fetches_lock_nothing(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    task = waiting_task()
    for change in BAD_FETCHES:
        assert api.post("/external-task/fetchAndLock", {**FETCH, **change}).refused(400), change
    assert api.get(f"/external-task/{task['id']}").ok()["lockExpirationTime"] is None
    [fetched] = api.post("/external-task/fetchAndLock", FETCH).ok()
    assert fetched["id"] == task["id"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("complete", {}),
        ("complete", {"workerId": ""}),
        ("complete", {"workerId": "w", "variables": {"v": {"value": "x", "type": "Integer"}}}),
        ("complete", {"workerId": "w", "localVariables": []}),
        ("failure", {"workerId": "w", "retries": -1}),
        ("failure", {"workerId": "w", "retries": 2**31}),
        ("failure", {"workerId": "w", "retries": "many"}),
        ("failure", {"workerId": "w", "retries": 1, "retryTimeout": -1}),
        ("failure", {"workerId": "w", "retries": 1, "retryTimeout": 10**18}),
        ("failure", {"workerId": "w", "errorMessage": {"a": 1}}),
        ("bpmnError", {"workerId": "w"}),
        ("bpmnError", {"workerId": "w", "errorCode": "x" * 256}),
        ("extendLock", {"workerId": "w"}),
        ("extendLock", {"workerId": "w", "newDuration": 0}),
        ("extendLock", {"workerId": "w", "newDuration": -5}),
        ("extendLock", {"workerId": "w", "newDuration": 10**18}),
        ("lock", {"workerId": "w", "lockDuration": -5}),
        ("lock", {"lockDuration": 1000}),
    ],
)
def test_bad_answers_of_workers_change_nothing(
    api: Api, waiting_task: Callable[..., dict[str, Any]], action: str, body: dict[str, Any]
) -> None:
    task = waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    before = api.get(f"/external-task/{task['id']}").ok()
    assert api.post(f"/external-task/{task['id']}/{action}", body).refused(400)
    assert api.get(f"/external-task/{task['id']}").ok() == before


def test_only_the_worker_that_holds_the_task_may_act(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    task = waiting_task()
    path = f"/external-task/{task['id']}"
    for holder in (None, "w"):
        if holder:
            api.post("/external-task/fetchAndLock", FETCH).ok()
        before = api.get(path).ok()
        for action, more in (
            ("complete", {}),
            ("failure", {"retries": 0}),
            ("bpmnError", {"errorCode": "x"}),
            ("extendLock", {"newDuration": 1000}),
        ):
            message = api.post(f"{path}/{action}", {"workerId": "other", **more}).refused(400)
            assert "other" in message
            assert task["id"] in message
        assert api.get(path).ok() == before
    api.post(f"{path}/lock", {"workerId": "other", "lockDuration": 1000}).refused(400)


def test_other_methods_and_addresses(api: Api) -> None:
    answer = api.call("PATCH", "/external-task")
    answer.refused(405, "NotAllowedException")
    assert "GET" in answer.headers["Allow"]
    api.get("/no-such-resource").refused(404, "NotFoundException")
    api.get("/engine/other/version").refused(404)
    assert api.get("/engine/default/engine").ok() == [{"name": "default"}]
    api.get("/decision-definition").refused(501)
    api.post("/case-instance/x/complete").refused(501)
    api.get("/task?name=%00").refused(400)
    api.get(f"/task?name={'x' * 20_000}").refused(414)


def test_what_nobody_foresaw_is_told_to_nobody(api: Api, monkeypatch: Any) -> None:
    from workflow_engine.rest.resources.external_task.lists import ExternalTaskList

    def fail(*arguments: Any) -> None:
        raise RuntimeError("password=secret")

    monkeypatch.setattr(ExternalTaskList, "answer", fail)
    api.client.raise_request_exception = False
    answer = api.get("/external-task")
    assert "secret" not in answer.refused(500)
