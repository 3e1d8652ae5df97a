"""`executionDate`: definitions are suspended and activated by a job when the date has come."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process, user_task_process
from tests.rest.test_visibility import person
from workflow_engine import clock
from workflow_engine.models import Job
from workflow_engine.services import repository
from workflow_engine.sweeper import jobs

DATE = "executionDate"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.reset()


def after(hours: int) -> str:
    moment = clock.now() + timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def sweep(hours: int) -> int:
    clock.travel(timedelta(hours=hours))
    return jobs.run_once("sweeper")["executed"]


def timer(key: str) -> str:
    return process(
        key,
        """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
        <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration>PT90H</bpmn:timeDuration>
        </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
        <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


def test_a_process_definition_with_its_instances(api: Api) -> None:
    api.deploy(user_task_process("later")).ok()
    instance = api.start("later")

    def are_suspended() -> tuple[bool, bool]:
        definition = api.get("/process-definition/key/later").ok()
        return definition["suspended"], api.get(f"/process-instance/{instance['id']}").ok()["suspended"]

    path, due = "/process-definition/key/later/suspended", after(2)
    api.put(path, {"suspended": True, "includeProcessInstances": True, DATE: due}).ok()
    assert sweep(1) == 0
    assert are_suspended() == (False, False)
    [job] = api.get("/job?timers=true").ok()
    assert {name: job[name] for name in ("dueDate", "retries", "suspended", "priority")} == {
        "dueDate": due, "retries": 3, "suspended": False, "priority": 0,
    }  # fmt: skip
    assert {job[name] for name in ("jobDefinitionId", "processInstanceId", "processDefinitionId", "executionId")} == {
        None
    }
    assert api.get("/job/count?messages=true").ok() == {"count": 0}
    assert sweep(2) == 1
    assert are_suspended() == (True, True)
    assert api.get("/job").ok() == []

    api.put(path, {"suspended": False, DATE: after(-5)}).ok()
    assert are_suspended() == (True, True)  # also a date that is over is a job's
    assert sweep(0) == 1
    assert are_suspended() == (False, True)
    log = api.get("/history/job-log?sortBy=timestamp&sortOrder=asc").ok()
    of_type = {"suspend-processdefinition": [], "activate-processdefinition": []}  # type: dict[str, list[Any]]
    for row in log:
        of_type[row["jobDefinitionType"]].append((row["creationLog"], row["successLog"]))
    assert all(sorted(rows) == [(False, True), (True, False)] for rows in of_type.values())


def test_what_the_user_operation_log_tells(api: Api) -> None:
    api.deploy(user_task_process("later")).ok()
    due = after(2)
    api.put("/process-definition/key/later/suspended", {"suspended": True, DATE: due}).ok()
    log = api.get("/history/user-operation?operationType=SuspendProcessDefinition").ok()
    values = {row["property"]: row["newValue"] for row in log}
    assert set(values) == {"suspensionState", "executionDate"}
    assert values["suspensionState"] == "suspended"
    assert values["executionDate"].endswith("000")
    assert {row["operationId"] for row in log} == {log[0]["operationId"]}
    assert {(row["userId"], row["processDefinitionKey"]) for row in log} == {("root", "later")}
    assert sweep(3) == 1
    assert api.get("/history/user-operation/count?operationType=SuspendProcessDefinition").ok() == {"count": 2}


def test_a_key_means_the_versions_that_there_are_then(api: Api) -> None:
    api.deploy(user_task_process("later")).ok()
    api.put("/process-definition/suspended", {"processDefinitionKey": "later", "suspended": True, DATE: after(2)}).ok()
    api.put(
        "/process-definition/suspended", {"processDefinitionKey": "unknown", "suspended": True, DATE: after(2)}
    ).ok()
    api.deploy(user_task_process("later", 'camunda:assignee="demo"')).ok()
    assert sweep(3) == 2
    assert [row["suspended"] for row in api.get("/process-definition?key=later").ok()] == [True, True]


def test_a_definition_that_is_gone_by_then(api: Api) -> None:
    deployed = api.deploy(user_task_process("later")).ok()
    api.put("/process-definition/key/later/suspended", {"suspended": True, DATE: after(2)}).ok()
    api.delete(f"/deployment/{deployed['id']}?cascade=true").ok()
    assert sweep(3) == 1
    assert api.get("/job").ok() == []


def test_job_definitions(api: Api) -> None:
    api.deploy(timer("timed")).ok()
    instance = api.start("timed")
    [job] = api.get(f"/job?processInstanceId={instance['id']}").ok()

    def are_suspended() -> tuple[bool, bool]:
        definition = api.get(f"/job-definition/{job['jobDefinitionId']}").ok()
        return definition["suspended"], api.get(f"/job/{job['id']}").ok()["suspended"]

    one, many = f"/job-definition/{job['jobDefinitionId']}/suspended", "/job-definition/suspended"
    api.put(one, {"suspended": True, "includeJobs": True, DATE: after(2)}).ok()
    assert are_suspended() == (False, False)
    assert sweep(3) == 1
    assert are_suspended() == (True, True)
    api.put(many, {"suspended": False, "processDefinitionKey": "timed", DATE: after(2)}).ok()
    assert sweep(3) == 1
    assert are_suspended() == (False, True)
    by_id = {"processDefinitionId": job["processDefinitionId"], "includeJobs": True}
    api.put(many, {"suspended": False, **by_id, DATE: after(2)}).ok()
    assert sweep(3) == 1
    assert are_suspended() == (False, False)
    log = api.get("/history/user-operation?entityType=JobDefinition").ok()
    assert [row["property"] for row in log].count("executionDate") == 3
    assert {row["operationType"] for row in log} == {"SuspendJobDefinition", "ActivateJobDefinition"}


def test_the_job_is_a_job_like_others(api: Api) -> None:
    api.deploy(user_task_process("later")).ok()
    api.put("/process-definition/key/later/suspended", {"suspended": True, DATE: after(2)}).ok()
    [job] = api.get("/job").ok()
    api.put(f"/job/{job['id']}/suspended", {"suspended": True}).ok()
    assert sweep(3) == 0
    api.post(f"/job/{job['id']}/execute").refused(409)
    assert not api.get("/process-definition/key/later").ok()["suspended"]
    api.put(f"/job/{job['id']}/suspended", {"suspended": False}).ok()
    api.post(f"/job/{job['id']}/execute").ok()
    assert api.get("/process-definition/key/later").ok()["suspended"]
    api.get(f"/job/{job['id']}").refused(404)
    [entry] = api.get("/history/user-operation?operationType=Execute").ok()
    assert (entry["entityType"], entry["jobId"]) == ("Job", job["id"])
    api.put("/process-definition/key/later/suspended", {"suspended": False, DATE: after(2)}).ok()
    [job] = api.get("/job").ok()
    api.delete(f"/job/{job['id']}").ok()
    assert sweep(3) == 0


def test_a_failure_is_recorded_and_takes_nothing_along(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.deploy(user_task_process("later")).ok()
    api.start("later")
    api.put(
        "/process-definition/key/later/suspended", {"suspended": True, "includeProcessInstances": True, DATE: after(2)}
    ).ok()

    def broken(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(repository.suspension, "_suspend_instances", broken)
        assert sweep(3) == 0
    [job] = api.get("/job?withException=true").ok()
    assert (job["retries"], job["exceptionMessage"]) == (2, "the disk is full")
    assert not api.get("/process-definition/key/later").ok()["suspended"]
    assert sweep(1) == 1
    assert api.get("/process-definition/key/later").ok()["suspended"]


def test_deploying_for_later(api: Api) -> None:
    started_by_timer = process(
        "clocked",
        """<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>
        </bpmn:timerEventDefinition></bpmn:startEvent>""",
    )
    model, fields = external_task_process("later", "topic"), {"deployment-activation-time": after(5)}
    deployed = api.deploy(model, started_by_timer, timer("timed"), **fields).ok()
    assert len(deployed["deployedProcessDefinitions"]) == 3
    assert {row["suspended"] for row in api.get("/process-definition").ok()} == {True}
    assert {row["suspended"] for row in api.get("/job-definition").ok()} == {True}
    api.post("/process-definition/key/later/start").refused(409)
    assert sweep(2) == 0
    assert sweep(4) == 3
    assert {row["suspended"] for row in api.get("/process-definition").ok()} == {False}
    assert {row["suspended"] for row in api.get("/job-definition").ok()} == {False}
    api.start("later")
    operations = [row["operationType"] for row in api.get("/history/user-operation").ok()]
    assert operations.count("ActivateProcessDefinition") == 6
    assert operations.count("SuspendProcessDefinition") == 3


def test_mistakes(api: Api) -> None:
    api.deploy(user_task_process("later")).ok()
    for value in ("tomorrow", 17, [1], "2099-13-01"):
        api.put("/process-definition/key/later/suspended", {"suspended": True, DATE: value}).refused(400)
        api.put("/job-definition/suspended", {"processDefinitionKey": "later", "suspended": True, DATE: value}).refused(
            400
        )
    api.put("/process-definition/no:1:such/suspended", {"suspended": True, DATE: after(1)}).refused(404)
    api.put(
        "/process-definition/suspended", {"processDefinitionId": "no:1:such", "suspended": True, DATE: after(1)}
    ).refused(404)
    api.deploy(user_task_process("other"), **{"deployment-activation-time": "tomorrow"}).refused(400)
    assert not Job.objects.exists()


def test_who_sees_some_tenants_plans_for_these(api: Api) -> None:
    model = timer("timed")
    api.deploy(model, **{"tenant-id": "acme"}).ok()
    api.deploy(model, **{"tenant-id": "other"}).ok()
    acme = person("p", "suspend_definition", "view_processdefinition", "view_job", tenants=("acme",))
    later = {"processDefinitionKey": "timed", "suspended": True, DATE: after(2)}
    acme.put("/process-definition/suspended", later).ok()
    acme.put("/job-definition/suspended", later).ok()
    assert {job["tenantId"] for job in acme.get("/job").ok()} == {"acme"}
    assert api.get("/job/count").ok() == {"count": 2}
    api.deploy(model, **{"tenant-id": "acme"}).ok()
    assert sweep(3) == 2
    shown = api.get("/process-definition").ok()
    assert {(row["tenantId"], row["version"]): row["suspended"] for row in shown} == {
        ("acme", 1): True,
        ("acme", 2): False,
        ("other", 1): False,
    }
    assert len(api.get("/job-definition?suspended=true").ok()) == 1


def test_foreign_jobs_are_out_of_reach(api: Api) -> None:
    api.deploy(timer("timed"), **{"tenant-id": "other"}).ok()
    api.put("/process-definition/key/timed/tenant-id/other/suspended", {"suspended": True, DATE: after(2)}).ok()
    [job] = api.get("/job").ok()
    assert job["tenantId"] == "other"
    acme = person("p", "execute_job", "view_job", "suspend_definition", tenants=("acme",))
    assert acme.get("/job").ok() == []
    acme.post(f"/job/{job['id']}/execute").refused(404)
    acme.put("/process-definition/key/timed/tenant-id/other/suspended", {"suspended": True, DATE: after(2)}).refused(
        404
    )
    assert Api().put("/process-definition/suspended", {"processDefinitionKey": "timed", DATE: after(1)}).status == 401
    person("q").put("/process-definition/suspended", {"processDefinitionKey": "timed", DATE: after(1)}).refused(403)
    assert api.get("/job/count").ok() == {"count": 1}
