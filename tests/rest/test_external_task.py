"""What workers do over HTTP: fetch, complete, fail, report errors, hold on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process
from workflow_engine import clock

Waiting = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _real_time() -> Any:
    yield
    clock.reset()


def fetch(api: Api, worker: str = "w", topic: str = "work", **more: Any) -> list[dict[str, Any]]:
    options = {name: more.pop(name) for name in ("maxTasks", "usePriority", "sorting") if name in more}
    body = {
        "workerId": worker,
        "maxTasks": 10,
        **options,
        "topics": [{"topicName": topic, "lockDuration": 10_000, **more}],
    }
    tasks: list[dict[str, Any]] = api.post("/external-task/fetchAndLock", body).ok()
    return tasks


def test_the_life_of_a_task(api: Api, waiting_task: Waiting) -> None:
    waiting = waiting_task(businessKey="k", variables={"n": {"value": 5}, "j": {"value": '{"a":[1]}', "type": "Json"}})
    [task] = fetch(api)
    assert task["id"] == waiting["id"]
    assert task["workerId"] == "w"
    assert task["businessKey"] == "k"
    assert task["variables"]["n"] == {"type": "Integer", "value": 5, "valueInfo": {}}
    assert task["variables"]["j"]["value"] == '{"a":[1]}'
    assert task["lockToken"]
    assert fetch(api, "other") == []
    path = f"/external-task/{task['id']}"
    answer = api.post(f"{path}/complete", {"workerId": "w", "variables": {"done": {"value": True}}})
    assert (answer.status, answer.content) == (204, b"")
    api.post(f"{path}/complete", {"workerId": "w"}).refused(404)
    api.get(path).refused(404)
    [ended] = api.get(f"/history/process-instance?processInstanceId={task['processInstanceId']}").ok()
    assert ended["state"] == "COMPLETED"
    names = {row["name"] for row in api.get(f"/history/variable-instance?processInstanceId={ended['id']}").ok()}
    assert names == {"n", "j", "done"}
    log = api.get(f"/history/external-task-log?externalTaskId={task['id']}&sortBy=timestamp&sortOrder=asc").ok()
    assert [entry["creationLog"] for entry in log] == [True, False]
    assert log[1]["successLog"]


def test_failure_incident_and_retry(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    [task] = fetch(api)
    path = f"/external-task/{task['id']}"
    failure = {"workerId": "w", "errorMessage": "boom <b>", "errorDetails": "line 1\nline 2", "retryTimeout": 0}
    api.post(f"{path}/failure", {**failure, "retries": 1}).ok()
    assert api.get(path).ok()["retries"] == 1
    assert api.get(path).ok()["errorMessage"] == "boom <b>"
    details = api.get(f"{path}/errorDetails")
    assert details.content == b"line 1\nline 2"
    assert details.headers["Content-Type"].startswith("text/plain")
    assert details.headers["X-Content-Type-Options"] == "nosniff"
    assert api.get("/incident/count").ok() == {"count": 0}
    [task] = fetch(api)
    assert (task["retries"], task["errorMessage"], task["errorDetails"]) == (1, "boom <b>", "line 1\nline 2")
    api.post(f"{path}/failure", {**failure, "retries": 0}).ok()
    assert fetch(api) == []
    [incident] = api.get(f"/incident?processInstanceId={task['processInstanceId']}").ok()
    assert (incident["incidentType"], incident["configuration"]) == ("failedExternalTask", task["id"])
    api.delete(f"/incident/{incident['id']}").refused(400)
    api.put(f"/incident/{incident['id']}/annotation", {"annotation": "looking"}).ok()
    assert api.get(f"/incident/{incident['id']}").ok()["annotation"] == "looking"
    tree = api.get(f"/process-instance/{task['processInstanceId']}/activity-instances").ok()
    assert tree["childActivityInstances"][0]["incidents"] == [{"id": incident["id"], "activityId": "work"}]
    api.put(f"{path}/retries", {"retries": 2}).ok()
    assert api.get("/incident/count").ok() == {"count": 0}
    assert len(fetch(api)) == 1
    [history] = api.get(f"/history/incident?incidentId={incident['id']}").ok()
    assert (history["resolved"], history["open"], history["annotation"]) == (True, False, "looking")


def test_a_retry_waits_for_its_time(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    [task] = fetch(api)
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 1, "retryTimeout": 60_000}).ok()
    assert fetch(api) == []
    clock.travel(timedelta(seconds=61))
    assert len(fetch(api)) == 1


def test_an_expired_lock_goes_to_the_next_worker_and_the_late_one_is_refused(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    [first] = fetch(api, "first")
    clock.travel(timedelta(seconds=11))
    api.post(f"/external-task/{first['id']}/extendLock", {"workerId": "first", "newDuration": 1000}).refused(400)
    [second] = fetch(api, "second")
    assert second["id"] == first["id"]
    api.post(f"/external-task/{first['id']}/complete", {"workerId": "first"}).refused(400)
    api.post(f"/external-task/{first['id']}/complete", {"workerId": "second"}).ok()


def test_a_lock_token_fences_a_worker_of_the_same_id(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    [first] = fetch(api)
    clock.travel(timedelta(seconds=11))
    [second] = fetch(api)
    path = f"/external-task/{first['id']}/complete"
    api.post(path, {"workerId": "w", "lockToken": first["lockToken"]}).refused(400)
    api.post(path, {"workerId": "w", "lockToken": second["lockToken"]}).ok()


def test_extend_lock_and_unlock(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    [task] = fetch(api)
    path = f"/external-task/{task['id']}"
    api.post(f"{path}/extendLock", {"workerId": "w", "newDuration": 60_000}).ok()
    assert api.get(path).ok()["lockExpirationTime"] > task["lockExpirationTime"]
    api.post(f"{path}/unlock").ok()
    api.post(f"{path}/unlock").ok()
    assert (api.get(path).ok()["workerId"], api.get(path).ok()["lockExpirationTime"]) == (None, None)
    api.post(f"{path}/lock", {"workerId": "x", "lockDuration": 1000}).ok()
    assert api.get(f"{path}").ok()["workerId"] == "x"
    assert [row["id"] for row in api.get("/external-task?locked=true&workerId=x").ok()] == [task["id"]]
    assert api.get("/external-task?notLocked=true").ok() == []


def test_bpmn_error(api: Api) -> None:
    caught = """<bpmn:boundaryEvent id="caught" attachedToRef="work"><bpmn:errorEventDefinition errorRef="E"/></bpmn:boundaryEvent>
        <bpmn:sequenceFlow id="f3" sourceRef="caught" targetRef="refused"/><bpmn:endEvent id="refused"/>"""
    model = external_task_process("errors", "work", caught).replace(
        "<bpmn:process", '<bpmn:error id="E" errorCode="OUT_OF_STOCK"/><bpmn:process'
    )
    api.deploy(model).ok()
    instance = api.start("errors")
    [task] = fetch(api)
    body = {
        "workerId": "w",
        "errorCode": "OUT_OF_STOCK",
        "errorMessage": "none left",
        "variables": {"stock": {"value": 0}},
    }
    api.post(f"/external-task/{task['id']}/bpmnError", body).ok()
    activities = {
        a["activityId"] for a in api.get(f"/history/activity-instance?processInstanceId={instance['id']}").ok()
    }
    assert {"caught", "refused"} <= activities


def test_filters_of_topics(api: Api) -> None:
    tag = 'camunda:versionTag="v1" isExecutable'
    properties = (
        "<bpmn:extensionElements><camunda:properties><camunda:property name='color' value='blue'/></camunda:properties>"
    )
    model = external_task_process("filters", "work").replace("isExecutable", tag)
    model = model.replace(
        'camunda:topic="work"/>', f'camunda:topic="work">{properties}</bpmn:extensionElements></bpmn:serviceTask>'
    )
    api.deploy(model).ok()
    instance = api.start("filters", businessKey="k", variables={"n": {"value": 5}, "name": {"value": "Ada"}})
    none: list[dict[str, Any]] = [
        {"businessKey": "other"},
        {"processDefinitionKey": "other"},
        {"processDefinitionKeyIn": ["other"]},
        {"processDefinitionId": "other:1:x"},
        {"processDefinitionIdIn": ["other:1:x"]},
        {"processDefinitionVersionTag": "v2"},
        {"processVariables": {"n": 6}},
        {"processVariables": {"n": "5"}},
        {"processVariables": {"nope": 5}},
        {"tenantIdIn": ["t"]},
    ]
    for more in none:
        assert fetch(api, **more) == [], more
    everything = {
        "businessKey": "k",
        "processDefinitionKey": "filters",
        "processDefinitionKeyIn": ["filters", "x"],
        "processDefinitionId": instance["definitionId"],
        "processDefinitionVersionTag": "v1",
        "processVariables": {"n": 5, "name": "Ada"},
        "withoutTenantId": True,
    }
    [task] = fetch(api, **everything, variables=["n", "nope"], includeExtensionProperties=True)
    assert set(task["variables"]) == {"n"}
    assert task["extensionProperties"] == {"color": "blue"}
    assert task["processDefinitionVersionTag"] == "v1"
    api.post(f"/external-task/{task['id']}/unlock").ok()
    [task] = fetch(api, variables=[])
    assert task["variables"] == {}


def test_max_tasks_priority_and_order(api: Api) -> None:
    def model(key: str, priority: int) -> str:
        return external_task_process(key, "work").replace(
            'camunda:topic="work"', f'camunda:topic="work" camunda:taskPriority="{priority}"'
        )

    api.deploy(model("low", 1), model("high", 9)).ok()
    ids = [api.start(key)["id"] for key in ("low", "high", "low")]

    def order(**more: Any) -> list[int]:
        tasks = fetch(api, **more)
        for task in tasks:
            api.post(f"/external-task/{task['id']}/unlock").ok()
        return [ids.index(task["processInstanceId"]) for task in tasks]

    assert order(maxTasks=1, usePriority=True) == [1]
    assert order(usePriority=True)[0] == 1
    assert len(order(maxTasks=2)) == 2
    assert order(maxTasks=0) == []
    assert order(sorting=[{"sortBy": "createTime", "sortOrder": "asc"}]) == [0, 1, 2]
    assert order(sorting=[{"sortBy": "createTime", "sortOrder": "desc"}]) == [2, 1, 0]
    [low, *_] = api.get(f"/external-task?processInstanceId={ids[2]}").ok()
    api.put(f"/external-task/{low['id']}/priority", {"priority": 99}).ok()
    assert order(maxTasks=1, usePriority=True) == [2]
    sorted_ids = [t["priority"] for t in api.get("/external-task?sortBy=taskPriority&sortOrder=desc").ok()]
    assert sorted_ids == [99, 9, 1]
    assert api.get("/external-task/topic-names?withUnlockedTasks=true").ok() == ["work"]
    assert api.get("/external-task/topic-names?withLockedTasks=true").ok() == []


def test_retries_of_many(api: Api, waiting_task: Waiting) -> None:
    task = waiting_task()
    api.put("/external-task/retries", {"externalTaskIds": [task["id"]], "retries": 4}).ok()
    assert api.get(f"/external-task/{task['id']}").ok()["retries"] == 4
    api.put("/external-task/retries", {"processInstanceIds": [task["processInstanceId"]], "retries": 5}).ok()
    api.put("/external-task/retries", {"externalTaskQuery": {"topicName": "work"}, "retries": 6}).ok()
    assert api.get(f"/external-task/{task['id']}").ok()["retries"] == 6
    api.put("/external-task/retries", {"retries": 1}).refused(400)
    api.put("/external-task/retries", {"externalTaskIds": [task["id"], "nope"], "retries": 1}).refused(404)
    api.put("/external-task/retries", {"externalTaskIds": [task["id"]]}).refused(400)
    assert api.get(f"/external-task/{task['id']}").ok()["retries"] == 6


def test_suspended_instances_are_not_worked_on(api: Api, waiting_task: Waiting) -> None:
    task = waiting_task()
    path = f"/process-instance/{task['processInstanceId']}/suspended"
    api.put(path, {"suspended": True}).ok()
    assert fetch(api) == []
    assert api.get("/external-task?suspended=true").ok()[0]["suspended"]
    api.put(path, {"suspended": False}).ok()
    [task] = fetch(api)
    api.put(path, {"suspended": True}).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}).refused(409)


def test_a_failing_model_refuses_the_completion_and_changes_nothing(api: Api) -> None:
    model = process(
        "bad",
        """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
        <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work"/>
        <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="gate"/><bpmn:exclusiveGateway id="gate" default="f4"/>
        <bpmn:sequenceFlow id="f3" sourceRef="gate" targetRef="end"><bpmn:conditionExpression
        xsi:type="bpmn:tFormalExpression">${nope}</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id="end"/>
        <bpmn:sequenceFlow id="f4" sourceRef="gate" targetRef="end"/>""",
    )
    api.deploy(model).ok()
    instance = api.start("bad")
    [task] = fetch(api)
    answer = api.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": {"v": {"value": 1}}})
    assert "nope" in answer.refused(400, "ProcessEngineException")
    assert api.get(f"/external-task/{task['id']}").ok()["workerId"] == "w"
    assert api.get(f"/process-instance/{instance['id']}/variables").ok() == {}
