"""Every kind of batch, from the request to its end by the sweeper."""

from typing import Any

import pytest

from tests.rest.batches import UNKNOWN, ended, started, sweep
from tests.rest.conftest import Api, external_task_process, process, user_task_process

BEFORE_WORK = [{"type": "startBeforeActivity", "activityId": "work"}]
CANCEL_WORK = {"type": "cancel", "activityId": "work", "cancelCurrentActiveActivityInstances": True}
LATER = "2099-01-01T00:00:00.000+0000"


@pytest.fixture
def definition(api: Api) -> str:
    (found,) = api.deploy(external_task_process("waiting", "topic")).ok()["deployedProcessDefinitions"]
    return str(found)


@pytest.fixture
def instances(api: Api, definition: str) -> list[str]:
    return started(api, "waiting", 3)


def operations(api: Api, batch: dict[str, Any]) -> dict[str, str]:
    found = api.get("/history/user-operation").ok()
    return {row["property"]: row["newValue"] for row in found if row["batchId"] == batch["id"]}


@pytest.mark.parametrize("path", ["/process-instance/delete", "/process-instance/delete-historic-query-based"])
def test_deleting_instances(api: Api, instances: list[str], path: str) -> None:
    body = {
        "processInstanceIds": [instances[0], instances[0], UNKNOWN],
        "historicProcessInstanceQuery": {"processDefinitionKey": "waiting"},
        "deleteReason": "too many",
    }
    batch = api.post(path, body).ok()
    assert (batch["type"], batch["totalJobs"], batch["jobsCreated"]) == ("instance-deletion", 4, 0)
    assert batch["createUserId"] == "root"
    assert operations(api, batch) == {"nrOfInstances": "4", "async": "true", "deleteReason": "too many"}
    ended(api, batch)
    assert api.get("/process-instance/count").ok() == {"count": 0}
    assert api.get("/history/user-operation/count?operationType=Delete").ok() == {"count": 3}  # of the batch
    assert api.get(f"/history/process-instance/{instances[2]}").ok()["deleteReason"] == "too many"


def test_suspending_and_activating(api: Api, instances: list[str]) -> None:
    for is_suspended in (True, False):
        body = {"processInstanceQuery": {"processDefinitionKey": "waiting"}, "suspended": is_suspended}
        ended(api, api.post("/process-instance/suspended-async", body).ok())
        shown = [api.get(f"/process-instance/{one}").ok()["suspended"] for one in instances]
        assert shown == [is_suspended] * 3


def test_suspending_at_once(api: Api, definition: str, instances: list[str]) -> None:
    def suspended() -> list[bool]:
        return [api.get(f"/process-instance/{one}").ok()["suspended"] for one in instances]

    path = "/process-instance/suspended"
    api.put(path, {"processInstanceIds": [instances[0], UNKNOWN], "suspended": True}).ok()
    assert suspended() == [True, False, False]
    api.put(path, {"historicProcessInstanceQuery": {"unfinished": True}, "suspended": True}).ok()
    assert suspended() == [True] * 3
    api.put(path, {"processInstanceQuery": {"suspended": True}, "suspended": False}).ok()
    assert suspended() == [False] * 3
    api.put(path, {"processDefinitionKey": "waiting", "processDefinitionTenantId": "no", "suspended": True}).ok()
    assert suspended() == [False] * 3
    api.put(path, {"processDefinitionId": definition, "suspended": True}).ok()
    assert suspended() == [True] * 3
    assert "empty" in api.put(path, {"processInstanceIds": [], "suspended": True}).refused(400)
    both = {"processInstanceIds": instances, "processDefinitionId": definition, "suspended": True}
    assert "Choose either" in api.put(path, both).refused(400)


def test_retries_of_external_tasks_at_once(api: Api, instances: list[str]) -> None:
    query = {"processDefinitionKey": "waiting"}
    for number, body in enumerate(({"processInstanceQuery": query}, {"historicProcessInstanceQuery": query})):
        api.put("/external-task/retries", {**body, "retries": number + 5}).ok()
        assert {row["retries"] for row in api.get("/external-task").ok()} == {number + 5}
    api.put("/external-task/retries", {"externalTaskIds": [UNKNOWN], "retries": 1}).refused(404)


def test_setting_variables(api: Api, instances: list[str]) -> None:
    variables = {"n": {"value": 5, "type": "Long"}, "data": {"value": "AAE=", "type": "Bytes"}, "none": {"value": None}}
    batch = api.post("/process-instance/variables-async", {"processInstanceIds": instances, "variables": variables})
    ended(api, batch.ok())
    for one in instances:
        assert api.get(f"/process-instance/{one}/variables/n").ok()["value"] == 5
        assert api.get(f"/process-instance/{one}/variables/n").ok()["type"] == "Long"
        assert api.get(f"/process-instance/{one}/variables/data/data").content == b"\0\1"


def test_correlating_messages(api: Api, instances: list[str]) -> None:
    model = process(
        "receiving",
        """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
        <bpmn:receiveTask id="wait" messageRef="message"/><bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="end"/>
        <bpmn:endEvent id="end"/>""",
    ).replace("</bpmn:definitions>", '<bpmn:message id="message" name="go"/></bpmn:definitions>')
    api.deploy(model).ok()
    waiting = started(api, "receiving", 2)
    body = {"processInstanceIds": [*waiting, instances[0]], "messageName": "go", "variables": {"n": {"value": 1}}}
    ended(api, api.post("/process-instance/message-async", body).ok())
    assert api.get("/process-instance/count?processDefinitionKey=receiving").ok() == {"count": 0}
    assert api.get(f"/history/variable-instance/count?processInstanceId={waiting[0]}").ok() == {"count": 1}


def test_retries_of_external_tasks(api: Api, instances: list[str]) -> None:
    tasks = [row["id"] for row in api.get("/external-task").ok()]
    body = {
        "externalTaskIds": [tasks[0]],
        "externalTaskQuery": {"processInstanceId": instances[1]},
        "processInstanceIds": [instances[2], instances[0]],
        "retries": 7,
    }
    batch = api.post("/external-task/retries-async", body).ok()
    assert (batch["type"], batch["totalJobs"]) == ("set-external-task-retries", 3)
    ended(api, batch)
    assert {row["retries"] for row in api.get("/external-task").ok()} == {7}


@pytest.mark.parametrize("path", ["/job/retries", "/process-instance/job-retries"])
def test_retries_of_jobs(api: Api, path: str) -> None:
    model = user_task_process("later", 'camunda:asyncBefore="true"')
    api.deploy(model).ok()
    chosen = started(api, "later", 2)
    waiting = api.get("/job?processDefinitionKey=later").ok()
    body: dict[str, Any] = {"retries": 9, "dueDate": LATER}
    if path == "/job/retries":
        body |= {"jobIds": [waiting[0]["id"]], "jobQuery": {"processDefinitionKey": "later"}}
    else:
        body |= {"processInstances": chosen[:1], "processInstanceQuery": {"processDefinitionKey": "later"}}
    for job in waiting:
        api.put(f"/job/{job['id']}/duedate", {"duedate": LATER}).ok()
    batch = api.post(path, body).ok()
    assert (batch["type"], batch["totalJobs"]) == ("set-job-retries", 2)
    ended(api, batch)
    jobs = api.get("/job?processDefinitionKey=later").ok()
    assert [(job["retries"], job["dueDate"]) for job in jobs] == [(9, LATER)] * 2


def test_modifying_one(api: Api, instances: list[str]) -> None:
    batch = api.post(f"/process-instance/{instances[0]}/modification-async", {"instructions": BEFORE_WORK}).ok()
    assert batch["type"] == "instance-modification"
    ended(api, batch)
    assert api.get(f"/external-task/count?processInstanceId={instances[0]}").ok() == {"count": 2}
    api.post(f"/process-instance/{UNKNOWN}/modification-async", {"instructions": BEFORE_WORK}).refused(404)
    api.post(f"/process-instance/{instances[0]}/modification-async").refused(400)


def test_modifying_many(api: Api, definition: str, instances: list[str]) -> None:
    body = {"processDefinitionId": definition, "processInstanceIds": instances, "instructions": BEFORE_WORK}
    ended(api, api.post("/modification/executeAsync", body).ok())
    assert api.get("/external-task/count").ok() == {"count": 6}
    assert api.post("/modification/execute", {**body, "instructions": [CANCEL_WORK]}).status == 204
    assert api.get("/process-instance/count").ok() == {"count": 0}


def test_all_or_none_is_modified_at_once(api: Api, definition: str, instances: list[str]) -> None:
    body = {"processDefinitionId": definition, "processInstanceIds": [*instances, UNKNOWN], "instructions": BEFORE_WORK}
    assert UNKNOWN in api.post("/modification/execute", body).refused(404)
    assert api.get("/external-task/count").ok() == {"count": 3}
    assert "nope" in api.post("/modification/execute", {**body, "processDefinitionId": "nope"}).refused(400)
    api.post("/modification/execute", {"processDefinitionId": definition, "instructions": BEFORE_WORK}).refused(400)


def test_migrating(api: Api, definition: str, instances: list[str]) -> None:
    second = external_task_process("waiting", "other")
    (target,) = api.deploy(second).ok()["deployedProcessDefinitions"]
    plan = api.post(
        "/migration/generate", {"sourceProcessDefinitionId": definition, "targetProcessDefinitionId": target}
    ).ok()
    body = {"migrationPlan": plan, "processInstanceQuery": {"processDefinitionId": definition}}
    batch = api.post("/migration/executeAsync", body).ok()
    ended(api, batch)
    assert {row["definitionId"] for row in api.get("/process-instance").ok()} == {target}
    wrong = {**plan, "instructions": [{"sourceActivityIds": ["nope"], "targetActivityIds": ["work"]}]}
    refused = api.post("/migration/executeAsync", {"migrationPlan": wrong, "processInstanceIds": instances})
    refused.refused(400, "MigrationPlanValidationException")
    api.post("/migration/executeAsync", {"migrationPlan": plan}).refused(400)


def test_restarting(api: Api, definition: str, instances: list[str]) -> None:
    for one in instances:
        api.delete(f"/process-instance/{one}").ok()
    body = {"instructions": BEFORE_WORK, "historicProcessInstanceQuery": {"processDefinitionId": definition}}
    ended(api, api.post(f"/process-definition/{definition}/restart-async", body).ok())
    restarted = api.get("/history/process-instance?unfinished=true").ok()
    assert {row["restartedProcessInstanceId"] for row in restarted} == set(instances)
    api.post("/process-definition/nope/restart-async", body).refused(404)


def test_deleting_history(api: Api, instances: list[str]) -> None:
    for one in instances[:2]:
        api.delete(f"/process-instance/{one}").ok()
    body = {"historicProcessInstanceIds": [instances[0], UNKNOWN], "historicProcessInstanceQuery": {"finished": True}}
    ended(api, api.post("/history/process-instance/delete", body).ok())
    assert [row["id"] for row in api.get("/history/process-instance").ok()] == [instances[2]]
    strict = {"historicProcessInstanceIds": [UNKNOWN], "failIfNotExists": True}
    batch = api.post("/history/process-instance/delete", strict).ok()
    sweep()
    [job] = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()
    assert UNKNOWN in job["exceptionMessage"]


def test_removal_time_of_instances(api: Api, instances: list[str]) -> None:
    api.delete(f"/process-instance/{instances[0]}").ok()
    path = "/history/process-instance/set-removal-time"
    chosen = {"historicProcessInstanceIds": instances[:1]}
    for mode, expected in (
        ({"absoluteRemovalTime": LATER}, LATER),
        ({"clearedRemovalTime": True}, None),
    ):
        ended(api, api.post(path, {**chosen, **mode}).ok())
        assert api.get(f"/history/process-instance/{instances[0]}").ok()["removalTime"] == expected
    ended(api, api.post(path, {**chosen, "calculatedRemovalTime": True, "hierarchical": True}).ok())
    assert api.get(f"/history/process-instance/{instances[0]}").ok()["removalTime"] is not None
    assert "removalTime is null" in api.post(path, chosen).refused(400)
    assert "Neither query nor ids" in api.post(path, {"clearedRemovalTime": True}).refused(400)
    both = {**chosen, "clearedRemovalTime": True, "calculatedRemovalTime": True}
    assert "mutually exclusive" in api.post(path, both).refused(400)


def test_removal_time_of_batches(api: Api, instances: list[str], settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"BATCH_HISTORY_TIME_TO_LIVE": 5}
    first = api.post("/process-instance/delete", {"processInstanceIds": instances[:1]}).ok()
    assert ended(api, first)["removalTime"] is not None
    path = "/history/batch/set-removal-time"
    ended(api, api.post(path, {"historicBatchIds": [first["id"]], "absoluteRemovalTime": LATER}).ok())
    assert api.get(f"/history/batch/{first['id']}").ok()["removalTime"] == LATER
    ended(api, api.post(path, {"historicBatchQuery": {"type": "instance-deletion"}, "clearedRemovalTime": True}).ok())
    assert api.get(f"/history/batch/{first['id']}").ok()["removalTime"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/process-instance/delete", {}),
        ("/process-instance/delete", {"processInstanceIds": []}),
        ("/process-instance/delete", {"processInstanceQuery": {"processDefinitionKey": "nope"}}),
        ("/process-instance/suspended-async", {}),
        ("/process-instance/message-async", {"messageName": "m"}),
        ("/process-instance/variables-async", {"variables": {"a": {"value": 1}}}),
        ("/process-instance/variables-async", {"processInstanceIds": [UNKNOWN], "variables": {}}),
        ("/process-instance/job-retries", {"retries": 1}),
        ("/process-instance/job-retries", {"processInstances": [UNKNOWN]}),
        ("/process-instance/job-retries-historic-query-based", {"processInstances": [UNKNOWN], "retries": 1}),
        ("/job/retries", {"retries": 1}),
        ("/job/retries", {"jobIds": [UNKNOWN], "retries": -1}),
        ("/external-task/retries-async", {"externalTaskIds": [UNKNOWN]}),
        ("/external-task/retries-async", {"externalTaskIds": [], "retries": 1}),
        ("/external-task/retries-async", {"externalTaskIds": ["x" * 300], "retries": 1}),
        ("/modification/executeAsync", {}),
        ("/migration/executeAsync", {}),
        ("/history/process-instance/delete", {}),
        ("/history/batch/set-removal-time", {}),
    ],
)
def test_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    api.post(path, body).refused(400)
    assert api.get("/batch/count").ok() == {"count": 0}
    assert api.get("/job/count").ok() == {"count": 0}
