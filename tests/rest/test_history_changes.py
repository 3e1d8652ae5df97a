"""What may be changed in history over HTTP: variables removed, operations annotated."""

from typing import Any

import pytest

from tests.rest.conftest import Api, process, user_task_process

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


@pytest.fixture
def instance(api: Api) -> dict[str, Any]:
    api.deploy(user_task_process("human")).ok()
    return api.start("human", variables={"a": {"value": 1}, "b": {"value": "x"}})


def names(api: Api, what: str, instance: dict[str, Any]) -> list[str]:
    rows = api.get(f"/history/{what}?processInstanceId={instance['id']}").ok()
    return sorted(row.get("name") or row["variableName"] for row in rows)


def test_removing_one_variable(api: Api, instance: dict[str, Any]) -> None:
    path = f"/process-instance/{instance['id']}/variables"
    api.put(f"{path}/a", {"value": 2}).ok()
    [row] = api.get(f"/history/variable-instance?processInstanceId={instance['id']}&variableName=a").ok()
    api.delete(f"/history/variable-instance/{row['id']}").ok()
    assert names(api, "variable-instance", instance) == names(api, "detail", instance) == ["b"]
    assert set(api.get(path).ok()) == {"a", "b"}
    api.put(f"{path}/a", {"value": 3}).ok()
    for missing in (row["id"], UNKNOWN, "nope"):
        api.delete(f"/history/variable-instance/{missing}").refused(404)
    [task] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    api.post(f"/task/{task['id']}/complete").ok()


def test_removing_all_variables(api: Api, instance: dict[str, Any]) -> None:
    path = f"/history/process-instance/{instance['id']}/variable-instances"
    api.delete(path).ok()
    assert names(api, "variable-instance", instance) == names(api, "detail", instance) == []
    assert set(api.get(f"/process-instance/{instance['id']}/variables").ok()) == {"a", "b"}
    api.delete(path).ok()
    api.delete("/history/process-instance/nope/variable-instances").refused(404)
    api.delete(f"/history/process-instance/{UNKNOWN}/variable-instances").refused(404)
    log = api.get(f"/history/user-operation?processInstanceId={instance['id']}&operationType=DeleteHistory").ok()
    assert {row["entityType"] for row in log} == {"Variable"}


def test_notes_on_operations(api: Api, instance: dict[str, Any]) -> None:
    api.put(f"/process-instance/{instance['id']}/suspended", {"suspended": True}).ok()
    query = f"/history/user-operation?processInstanceId={instance['id']}&operationType=Suspend"
    [row] = api.get(query).ok()
    path = f"/history/user-operation/{row['operationId']}"
    api.put(f"{path}/set-annotation", {"annotation": "because"}).ok()
    assert api.get(query).ok()[0]["annotation"] == "because"
    api.put(f"{path}/clear-annotation").ok()
    assert api.get(query).ok()[0]["annotation"] is None
    api.put(f"{path}/set-annotation", {"annotation": "x" * 4_001}).refused(400)
    for missing in (UNKNOWN, "nope"):
        api.put(f"/history/user-operation/{missing}/set-annotation", {"annotation": "x"}).refused(400)
        api.put(f"/history/user-operation/{missing}/clear-annotation").refused(400)
    log = api.get("/history/user-operation?entityType=OperationLog&sortBy=timestamp&sortOrder=asc").ok()
    assert [(entry["operationType"], entry["newValue"]) for entry in log] == [
        ("SetAnnotation", row["operationId"]),
        ("ClearAnnotation", row["operationId"]),
    ]


def test_called_definitions(api: Api) -> None:
    calls = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{before}" targetRef="c{number}"/><bpmn:callActivity id="c{number}" {called}/>'
        for number, (before, called) in enumerate(
            [
                ("start", 'calledElement="human"'),
                ("c0", 'calledElement="human" camunda:calledElementBinding="version" camunda:calledElementVersion="1"'),
                ("c1", 'calledElement="${unknown}"'),
                ("c2", 'calledElement="absent"'),
                ("c3", 'calledElement="human" camunda:calledElementBinding="version" camunda:calledElementVersion="9"'),
            ]
        )
    )
    api.deploy(user_task_process("human")).ok()
    api.deploy(process("caller", f'<bpmn:startEvent id="start"/>{calls}')).ok()
    caller = api.get("/process-definition/key/caller").ok()["id"]
    [called] = api.get(f"/process-definition/{caller}/static-called-process-definitions").ok()
    assert (called["key"], called["version"], called["calledFromActivityIds"]) == ("human", 1, ["c0", "c1"])
    assert called["callingProcessDefinitionId"] == caller
    assert api.get(f"/process-definition/{called['id']}/static-called-process-definitions").ok() == []
    api.get("/process-definition/nope/static-called-process-definitions").refused(404)
