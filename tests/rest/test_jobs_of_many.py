"""Suspending many jobs at once and reading due dates again, over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api, process, user_task_process

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


def timer_process(key: str) -> str:
    return process(
        key,
        """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
        <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration>${duration}</bpmn:timeDuration>
        </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
        <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


@pytest.fixture
def job(api: Api) -> dict[str, Any]:
    api.deploy(timer_process("timed")).ok()
    instance = api.start("timed", variables={"duration": {"value": "PT10H"}})
    [found] = api.get(f"/job?processInstanceId={instance['id']}").ok()
    shown: dict[str, Any] = found
    return shown


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def test_recalculating(api: Api, job: dict[str, Any]) -> None:
    path = f"/job/{job['id']}"
    api.put(f"/process-instance/{job['processInstanceId']}/variables/duration", {"value": "PT20H"}).ok()
    api.post(f"{path}/duedate/recalculate").ok()
    recalculated = api.get(path).ok()
    assert moment(recalculated["dueDate"]) == moment(recalculated["createTime"]) + timedelta(hours=20)
    api.post(f"{path}/duedate/recalculate?creationDateBased=false").ok()
    later = api.get(path).ok()
    assert moment(later["dueDate"]) >= moment(recalculated["dueDate"])
    api.put(f"/process-instance/{job['processInstanceId']}/variables/duration", {"value": "soon"}).ok()
    api.post(f"{path}/duedate/recalculate").refused(400)
    assert api.get(path).ok() == later


def test_recalculating_a_start(api: Api) -> None:
    model = process(
        "starts",
        """<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle>
        </bpmn:timerEventDefinition></bpmn:startEvent>""",
    )
    api.deploy(model).ok()
    [job] = api.get("/job?processDefinitionKey=starts").ok()
    api.put(f"/job/{job['id']}/duedate", {"duedate": "2099-01-01T00:00:00.000+0000"}).ok()
    api.post(f"/job/{job['id']}/duedate/recalculate").ok()
    due = api.get(f"/job/{job['id']}").ok()["dueDate"]
    assert moment(due) == moment(job["createTime"]) + timedelta(hours=1)


def test_what_cannot_be_recalculated(api: Api) -> None:
    api.post(f"/job/{UNKNOWN}/duedate/recalculate").refused(404)
    api.post("/job/nope/duedate/recalculate").refused(404)
    api.deploy(user_task_process("later", 'camunda:asyncBefore="true"')).ok()
    instance = api.start("later")
    [job] = api.get(f"/job?processInstanceId={instance['id']}").ok()
    assert "Only timer jobs" in api.post(f"/job/{job['id']}/duedate/recalculate").refused(400)
    api.post(f"/job/{job['id']}/duedate/recalculate?creationDateBased=maybe").refused(400)


def test_suspending_jobs(api: Api, job: dict[str, Any]) -> None:
    def is_suspended() -> bool:
        return bool(api.get(f"/job/{job['id']}").ok()["suspended"])

    for name in ("jobDefinitionId", "processInstanceId", "processDefinitionId", "processDefinitionKey"):
        api.put("/job/suspended", {"suspended": True, name: job[name]}).ok()
        assert is_suspended()
        api.put("/job/suspended", {"suspended": False, name: job[name]}).ok()
        assert not is_suspended()
        api.put("/job/suspended", {"suspended": True, name: "nope"}).ok()
    body = {"suspended": True, "processDefinitionKey": "timed"}
    api.put("/job/suspended", {**body, "processDefinitionTenantId": "t"}).ok()
    assert not is_suspended()
    api.put("/job/suspended", {**body, "processDefinitionWithoutTenantId": True}).ok()
    assert is_suspended()
    log = api.get("/history/user-operation?entityType=Job&operationType=SuspendJob&processDefinitionKey=timed").ok()
    assert {row["newValue"] for row in log} == {"suspended"}


def test_suspending_job_definitions(api: Api, job: dict[str, Any]) -> None:
    def are_suspended() -> tuple[bool, bool]:
        definition = api.get(f"/job-definition/{job['jobDefinitionId']}").ok()
        return definition["suspended"], api.get(f"/job/{job['id']}").ok()["suspended"]

    path = "/job-definition/suspended"
    api.put(path, {"suspended": True, "processDefinitionKey": "timed"}).ok()
    assert are_suspended() == (True, False)
    by_id = {"processDefinitionId": job["processDefinitionId"], "includeJobs": True}
    api.put(path, {"suspended": True, **by_id}).ok()
    assert are_suspended() == (True, True)
    api.put(path, {"suspended": False, **by_id}).ok()
    assert are_suspended() == (False, False)
    api.put(path, {"suspended": True, "processDefinitionKey": "nope"}).ok()
    assert are_suspended() == (False, False)


def test_mistakes(api: Api, job: dict[str, Any]) -> None:
    key = {"processDefinitionKey": "timed"}
    for path in ("/job/suspended", "/job-definition/suspended"):
        api.put(path, {"suspended": True}).refused(400)
        api.put(path, {"suspended": True, **key, "processDefinitionId": "x"}).refused(400)
        api.put(path, {"suspended": "x", **key}).refused(400)
        api.put(path, {"suspended": True, "processDefinitionId": "x", "processDefinitionTenantId": "t"}).refused(400)
    api.put("/job/suspended", {"suspended": True, "jobId": job["id"]}).refused(400)
    api.put("/job-definition/suspended", {"suspended": True, "jobDefinitionId": UNKNOWN}).refused(400)
