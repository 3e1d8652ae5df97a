"""Process instances, executions, messages, signals, jobs, and what history tells of them."""

from typing import Any

import pytest

from tests.rest.conftest import HEAD, Api, external_task_process, process, user_task_process

EVENTS = (
    HEAD
    + """<bpmn:message id="M" name="paid/in full"/><bpmn:message id="S" name="new"/><bpmn:signal id="G" name="all"/>
    <bpmn:process id="events" isExecutable="true" camunda:historyTimeToLive="30"><bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/><bpmn:receiveTask id="wait" messageRef="M"/>
    <bpmn:boundaryEvent id="late" attachedToRef="wait" cancelActivity="false"><bpmn:timerEventDefinition>
    <bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f4" sourceRef="late" targetRef="lateEnd"/><bpmn:endEvent id="lateEnd"/>
    <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="sig"/>
    <bpmn:intermediateCatchEvent id="sig"><bpmn:signalEventDefinition signalRef="G"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="sig" targetRef="end"/><bpmn:endEvent id="end"/></bpmn:process>
    <bpmn:process id="byMessage" isExecutable="true" camunda:historyTimeToLive="30"><bpmn:startEvent id="mstart">
    <bpmn:messageEventDefinition messageRef="S"/></bpmn:startEvent><bpmn:sequenceFlow id="m1" sourceRef="mstart" targetRef="mtask"/>
    <bpmn:serviceTask id="mtask" camunda:asyncBefore="true" camunda:expression="${1 + nope}"/></bpmn:process></bpmn:definitions>"""
)


@pytest.fixture
def instance(api: Api) -> dict[str, Any]:
    api.deploy(EVENTS).ok()
    return api.start("events", businessKey="k", variables={"n": {"value": 5}})


def test_reading_and_deleting_an_instance(api: Api, instance: dict[str, Any]) -> None:
    path = f"/process-instance/{instance['id']}"
    assert api.get(path).ok()["links"] == []
    tree = api.get(f"{path}/activity-instances").ok()
    assert (tree["activityType"], tree["parentActivityInstanceId"]) == ("processDefinition", None)
    assert [child["activityId"] for child in tree["childActivityInstances"]] == ["wait"]
    assert tree["childActivityInstances"][0]["parentActivityInstanceId"] == tree["id"] == instance["id"]
    assert {row["processInstanceId"] for row in api.get("/execution").ok()} == {instance["id"]}
    [execution] = api.get("/execution?messageEventSubscriptionName=paid/in full").ok()
    assert api.get(f"/execution/{execution['id']}").ok() == execution
    api.delete(f"{path}?deleteReason=tidy&skipCustomListeners=true&skipIoMappings=true").ok()
    api.delete(path).refused(404)
    api.delete(f"{path}?failIfNotExists=false").ok()
    [history] = api.get(f"/history/process-instance?processInstanceId={instance['id']}").ok()
    assert (history["state"], history["deleteReason"]) == ("EXTERNALLY_TERMINATED", "tidy")
    assert history["durationInMillis"] >= 0
    api.delete(f"/history/process-instance/{instance['id']}").ok()
    api.get(f"/history/process-instance/{instance['id']}").refused(404)


def test_variables_of_scopes(api: Api, instance: dict[str, Any]) -> None:
    [execution] = api.get("/execution?activityId=wait&messageEventSubscriptionName=paid/in full").ok()
    local = f"/execution/{execution['id']}/localVariables"
    api.put(f"{local}/l", {"value": "x"}).ok()
    assert set(api.get(local).ok()) == {"l"}
    assert set(api.get(f"/process-instance/{instance['id']}/variables").ok()) == {"n"}
    api.post(local, {"modifications": {"m": {"value": 1}}, "deletions": ["l"]}).ok()
    assert set(api.get(local).ok()) == {"m"}
    rows = api.get(f"/variable-instance?processInstanceIdIn={instance['id']}&sortBy=variableName&sortOrder=asc").ok()
    assert [row["name"] for row in rows] == ["m", "n"]
    assert rows[1]["activityInstanceId"] == instance["id"]
    assert rows[1]["processDefinitionId"] == instance["definitionId"]
    api.delete(f"{local}/m").ok()
    assert api.get(f"/history/variable-instance/count?processInstanceId={instance['id']}").ok() == {"count": 1}
    with_deleted = f"/history/variable-instance?processInstanceId={instance['id']}&includeDeleted=true"
    assert {row["name"]: row["state"] for row in api.get(with_deleted).ok()} == {
        "l": "DELETED",
        "m": "DELETED",
        "n": "CREATED",
    }
    details = api.get(f"/history/detail?processInstanceId={instance['id']}&variableUpdates=true").ok()
    assert any(row["variableName"] == "n" and row["value"] == 5 for row in details)


def test_triggering_a_subscription(api: Api, instance: dict[str, Any]) -> None:
    [subscription] = api.get(f"/event-subscription?processInstanceId={instance['id']}&eventType=message").ok()
    path = f"/execution/{subscription['executionId']}/messageSubscriptions"
    assert api.get(f"{path}/paid%2Fin%20full").ok()["id"] == subscription["id"]
    api.get(f"{path}/other").refused(404)
    api.post(f"{path}/other/trigger").refused(404)
    api.post(f"{path}/paid%2Fin%20full/trigger", {"variables": {"v": {"value": 1}}}).ok()
    [waiting] = api.get(f"/event-subscription?processInstanceId={instance['id']}").ok()
    assert waiting["eventType"] == "signal"
    assert "v" in api.get(f"/process-instance/{instance['id']}/variables").ok()


def test_correlating_messages(api: Api, instance: dict[str, Any]) -> None:
    message = {"messageName": "paid/in full", "resultEnabled": True}
    for nobody in (
        {"businessKey": "other"},
        {"correlationKeys": {"n": {"value": 6}}},
        {"processInstanceId": "nope"},
        {"messageName": "nope"},
    ):
        assert api.post("/message", {**message, **nobody}).refused(400)
    api.post("/message", {}).refused(400)
    api.post("/message", {**message, "tenantId": "a", "withoutTenantId": True}).refused(400)
    api.post("/message", {"messageName": "x", "variablesInResultEnabled": True}).refused(400)
    api.start("events", businessKey="k2")
    assert "2" in api.post("/message", message).refused(400)
    [result] = api.post("/message", {**message, "businessKey": "k", "correlationKeys": {"n": {"value": 5}}}).ok()
    assert result["resultType"] == "Execution"
    assert result["execution"]["processInstanceId"] == instance["id"]
    answer = api.post("/message", {"messageName": "paid/in full", "all": True})
    assert (answer.status, answer.content) == (204, b"")
    [started] = api.post(
        "/message", {"messageName": "new", "businessKey": "m", "resultEnabled": True, "variablesInResultEnabled": True}
    ).ok()
    assert started["resultType"] == "ProcessDefinition"
    assert started["processInstance"]["businessKey"] == "m"
    assert started["variables"] == {}


def test_signals(api: Api, instance: dict[str, Any]) -> None:
    api.post("/signal", {}).refused(400)
    api.post("/signal", {"name": "all", "executionId": "nope"}).refused(404)
    api.post("/signal", {"name": "all", "executionId": instance["id"], "tenantId": "t"}).refused(400)
    api.post("/signal", {"name": "nobody waits"}).ok()
    api.post("/message", {"messageName": "paid/in full"}).ok()
    api.post("/signal", {"name": "all", "variables": {"s": {"value": 1}}}).ok()
    assert api.get(f"/history/process-instance/{instance['id']}").ok()["state"] == "COMPLETED"


def test_jobs(api: Api, instance: dict[str, Any]) -> None:
    [job] = api.get(f"/job?processInstanceId={instance['id']}&timers=true").ok()
    [definition] = api.get(f"/job-definition?processDefinitionId={instance['definitionId']}").ok()
    assert job["jobDefinitionId"] == definition["id"]
    assert (definition["jobType"], definition["activityId"]) == ("timer-transition", "late")
    path = f"/job/{job['id']}"
    api.get("/job?timers=true&messages=true").refused(400)
    assert api.get("/job?dueDates=lt_2000-01-01T00:00:00.000%2B0000").ok() == []
    assert len(api.get("/job?dueDates=gt_2000-01-01T00:00:00.000%2B0000&executable=false").ok()) == 1
    api.put(f"{path}/duedate", {"duedate": "2099-05-05T10:00:00.000+0000"}).ok()
    api.put(f"{path}/priority", {"priority": 5}).ok()
    api.put(f"{path}/retries", {"retries": 7}).ok()
    api.put(f"{path}/suspended", {"suspended": True}).ok()
    changed = api.get(path).ok()
    assert (changed["dueDate"], changed["priority"], changed["retries"]) == ("2099-05-05T10:00:00.000+0000", 5, 7)
    assert changed["suspended"]
    api.put(f"{path}/suspended", {"suspended": False}).ok()
    for action, body in (
        ("retries", {}),
        ("retries", {"retries": -1}),
        ("priority", {}),
        ("duedate", {"duedate": "x"}),
    ):
        api.put(f"{path}/{action}", body).refused(400)
    assert api.get(f"{path}/stacktrace").status == 204
    api.post(f"{path}/execute").ok()
    api.post(f"{path}/execute").refused(404)
    log = api.get(f"/history/job-log?jobId={job['id']}&successLog=true").ok()
    assert [entry["jobDefinitionType"] for entry in log] == ["timer-transition"]


def test_a_failing_job(api: Api, instance: dict[str, Any]) -> None:
    api.post("/message", {"messageName": "new"}).ok()
    [job] = api.get("/job?messages=true").ok()
    tree = api.get(f"/process-instance/{job['processInstanceId']}/activity-instances").ok()
    assert [one["targetActivityId"] for one in tree["childTransitionInstances"]] == ["mtask"]
    path = f"/job/{job['id']}"
    api.put(f"{path}/retries", {"retries": 1}).ok()
    assert "nope" in api.post(f"{path}/execute").refused(400)
    failed = api.get(path).ok()
    assert failed["retries"] == 0
    assert "nope" in failed["exceptionMessage"]
    assert b"nope" in api.get(f"{path}/stacktrace").content
    [incident] = api.get("/incident?incidentType=failedJob").ok()
    assert incident["configuration"] == job["id"]
    api.put(f"/job-definition/{job['jobDefinitionId']}/retries", {"retries": 3}).ok()
    assert api.get("/incident/count").ok() == {"count": 0}
    [log] = api.get(f"/history/job-log?jobId={job['id']}&failureLog=true").ok()
    assert b"nope" in api.get(f"/history/job-log/{log['id']}/stacktrace").content


def test_modification(api: Api, instance: dict[str, Any]) -> None:
    path = f"/process-instance/{instance['id']}/modification"
    move = [{"type": "startBeforeActivity", "activityId": "sig"}, {"type": "cancel", "activityId": "wait"}]
    assert "nope" in api.post(path, {"instructions": [{"type": "startBeforeActivity", "activityId": "nope"}]}).refused(
        400
    )
    for bad in ({"type": "nope"}, {"type": "cancel"}, {"type": "startBeforeActivity"}, {"type": "startTransition"}):
        api.post(path, {"instructions": [bad]}).refused(400)
    api.post(path, {"instructions": move, "annotation": "moved"}).ok()
    tree = api.get(f"/process-instance/{instance['id']}/activity-instances").ok()
    assert [child["activityId"] for child in tree["childActivityInstances"]] == ["sig"]


def test_incidents_of_a_sites_own(api: Api, instance: dict[str, Any]) -> None:
    path = f"/execution/{instance['id']}/create-incident"
    api.post(path, {}).refused(400)
    incident = api.post(path, {"incidentType": "own", "configuration": "c", "message": "m"}).ok()
    assert (incident["incidentType"], incident["incidentMessage"]) == ("own", "m")
    api.delete(f"/incident/{incident['id']}").ok()
    api.delete(f"/incident/{incident['id']}").refused(404)
    [history] = api.get(f"/history/incident?incidentId={incident['id']}").ok()
    assert history["resolved"]


def test_history_of_activities(api: Api, instance: dict[str, Any]) -> None:
    rows = api.get(f"/history/activity-instance?processInstanceId={instance['id']}").ok()
    assert [(row["activityId"], row["activityType"]) for row in rows] == [
        ("start", "startEvent"),
        ("wait", "receiveTask"),
    ]
    assert rows[0]["endTime"]
    assert rows[1]["endTime"] is None
    assert rows[0]["rootProcessInstanceId"] == instance["id"]
    assert api.get(f"/history/activity-instance/{rows[0]['id']}").ok() == rows[0]


def test_suspending_many(api: Api) -> None:
    api.deploy(external_task_process("a", "t"), user_task_process("b")).ok()
    for key in ("a", "a", "b"):
        api.start(key)
    api.put("/process-instance/suspended", {"suspended": True}).refused(400)
    api.put("/process-instance/suspended", {"suspended": True, "processDefinitionKey": "a"}).ok()
    assert api.get("/process-instance/count?suspended=true").ok() == {"count": 2}
    assert api.get("/process-instance/count?active=true").ok() == {"count": 1}


def test_who_did_it_is_kept(api: Api) -> None:
    api.deploy(process("quick", '<bpmn:startEvent id="start"/>')).ok()
    started = api.start("quick")
    assert api.get(f"/history/process-instance/{started['id']}").ok()["startUserId"] == "root"
    assert {row["userId"] for row in api.get("/history/user-operation").ok()} <= {"root"}
