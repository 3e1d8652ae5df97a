"""Rows 6, 7, 11 and 15: bodies that are no good, or more than was asked for."""

from collections.abc import Callable
from typing import Any

from tests.rest.bad_input.table import CASES, FETCH, START, UNKNOWN, nothing_changes
from tests.rest.conftest import Api, external_task_process, user_task_process


def test_row_06_json(human: Api) -> None:
    bodies = [
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"variables":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"variables": {"v": {"value": ' + b"9" * 5_000 + b"}}}",
        b'{"variables": {"v": {"value": NaN}}}',
        b'{"variables": {"v": {"value": Infinity}}}',
        b'{"variables": {"v": {"value": -Infinity}}}',
        b'{"variables": {"v": {"value": 1e400}}}',
        b'{"variables": {"v": {"value": "\\u0000"}}}',
        b'{"variables": {"\\u0000": {"value": 1}}}',
        b'{"variables": {"v": {"value": "\\ud800"}}}',
        b'{"variables": {"\\udc00": {"value": 1}}}',
        b'{"variables": {"v": {"value": "\xed\xa0\x80"}}}',
        b"[]",
        b"null",
        b"5",
        b'"x"',
        b'{"variables": [], "businessKey": 5}',
        b'{"variables": 5}',
        b'{"businessKey": []}',
        b'{"businessKey": "a", "businessKey": {"b": 1}}',
    ]
    nothing_changes("06", [lambda body=body: human.call("POST", START, body) for body in bodies])  # type: ignore[misc]
    answers = nothing_changes(
        "06",
        [
            lambda: human.call("POST", START, b"{}", CONTENT_LENGTH=str(100 * 2**20)),
            lambda: human.call("POST", START, b"{}", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""),
            lambda: human.call("POST", START, b'{"businessKey": "' + b"x" * (11 * 2**20) + b'"}'),
        ],
        (411, 413),
    )
    assert [answer.status for answer in answers] == [413, 411, 413]


def test_row_07_large_variables(human: Api, settings: Any) -> None:
    instance = human.start("human")["id"]
    path = f"/process-instance/{instance}/variables"
    five, binary = "x" * (5 * 2**20), "eHh4" * (5 * 2**20 // 3)
    nothing_changes(
        "07",
        [
            lambda: human.put(f"{path}/v", {"value": five}),
            lambda: human.post(START, {"variables": {"v": {"value": five}}}),
            lambda: human.put(f"{path}/v", {"value": binary, "type": "Bytes"}),
            lambda: human.post(path, {"modifications": {f"v{n}": {"value": n} for n in range(10_000)}}),
            lambda: human.post(START, {"variables": {f"v{n}": {"value": n} for n in range(10_000)}}),
        ],
    )
    # As 100 MB would meet the 64 that are allowed, so do 4 meet 2.
    settings.WORKFLOW_ENGINE = {"MAX_INSTANCE_SIZE": 2 * 2**20, "MAX_INSTANCE_VARIABLES": 1_000}
    for number in range(4):
        human.put(f"{path}/v{number}", {"value": "x" * 500_000}).ok()
    human.post(path, {"modifications": {f"n{n}": {"value": n} for n in range(900)}}).ok()
    nothing_changes(
        "07",
        [
            lambda: human.put(f"{path}/v5", {"value": "x" * 500_000}),
            lambda: human.post(path, {"modifications": {f"m{n}": {"value": n} for n in range(200)}}),
        ],
    )


def test_row_11_fields_that_nobody_asked_for(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    extra = {
        "id": UNKNOWN, "tenant": "t", "tenantId": "t", "tenant_id": "t", "retries": 99, "state": "COMPLETED", "suspended": True, "created_by": "x",
        "processDefinitionId": "x", "startUserId": "somebody", "partition": 5, "root_process_instance_id": UNKNOWN, "lockExpirationTime": None, "priority": 99,
    }  # fmt: skip
    api.deploy(user_task_process("human")).ok()
    started = api.post(START, extra).ok()
    assert (started["tenantId"], started["suspended"], started["ended"]) == (None, False, False)
    assert started["id"] != UNKNOWN
    assert api.get(f"/history/process-instance/{started['id']}").ok()["startUserId"] == "root"
    task = waiting_task()
    assert task["tenantId"] is None
    api.post("/external-task/fetchAndLock", {**FETCH, **extra}).ok()
    api.post(
        f"/external-task/{task['id']}/failure",
        {"workerId": "w", "retries": 1, **{k: v for k, v in extra.items() if k != "retries"}},
    ).ok()
    after = api.get(f"/external-task/{task['id']}").ok()
    assert (after["retries"], after["priority"], after["tenantId"], after["id"]) == (1, 0, None, task["id"])
    api.post("/external-task/fetchAndLock", FETCH).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w", **extra}).ok()
    assert api.get(f"/history/process-instance/{task['processInstanceId']}").ok()["state"] == "COMPLETED"
    nothing_changes(
        "11",
        [
            lambda: api.deploy(external_task_process("x", "t"), id=UNKNOWN),
            lambda: api.deploy(external_task_process("x", "t"), created_by="x"),
        ],
    )
    CASES["11"] += 4


def test_row_15_serialised_objects(human: Api) -> None:
    info = {"objectTypeName": "java.util.ArrayList", "serializationDataFormat": "application/x-java-serialized-object"}
    values: list[dict[str, Any]] = [
        {"value": "rO0ABXQ=", "type": "Object", "valueInfo": info},
        {"value": "gASVCgAAAAAAAACMBm9zLnB5lC4=", "type": "Object", "valueInfo": {"objectTypeName": "x"}},
        {"value": "!!python/object/apply:os.system ['id']", "type": "Yaml"},
        {"value": "x", "type": "Pickle"},
        {"value": "x", "type": "java.lang.Object"},
        {
            "value": '{"@class": "x"',
            "type": "Object",
            "valueInfo": {**info, "serializationDataFormat": "application/json"},
        },
        {
            "value": {"__reduce__": 1},
            "type": "Object",
            "valueInfo": {**info, "serializationDataFormat": "application/json"},
        },
        {"value": "x", "type": "Object", "valueInfo": {"objectTypeName": "x", "serializationDataFormat": 5}},
        {"value": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "type": "Xml"},
    ]
    instance = human.start("human")["id"]
    [task] = human.get("/task").ok()
    for path in (START, f"/task/{task['id']}/complete", f"/process-instance/{instance}/variables/v"):
        if path.endswith("/v"):
            nothing_changes("15", [lambda value=value: human.put(path, value) for value in values])  # type: ignore[misc]  # noqa: B023
        else:
            nothing_changes("15", [lambda v=value, p=path: human.post(p, {"variables": {"v": v}}) for value in values])  # type: ignore[misc]
    # A type hint within JSON is data.
    kept = {"value": '{"@class":"java.lang.Runtime","py/object":"os.system"}', "type": "Json"}
    human.put(f"/process-instance/{instance}/variables/v", kept).ok()
    assert human.get(f"/process-instance/{instance}/variables/v?deserializeValue=false").ok()["value"] == kept["value"]
