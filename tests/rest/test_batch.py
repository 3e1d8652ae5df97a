"""The life of a batch: progress, failures, suspension, its end, and who may do what."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from tests.rest.batches import UNKNOWN, ended, started, statistics, sweep
from tests.rest.conftest import Api, basic, external_task_process, process
from tests.rest.test_visibility import grant, person
from workflow_engine import ids
from workflow_engine.engine.errors import BadInput
from workflow_engine.models import Batch, BatchChunk, HistoricJobLog, Incident, Job, JobDefinition
from workflow_engine.services import batch as service
from workflow_engine.sweeper import acquisition, jobs


@pytest.fixture
def instances(api: Api) -> list[str]:
    api.deploy(external_task_process("waiting", "topic")).ok()
    return started(api, "waiting", 3)


def suspension(api: Api, instances: list[str]) -> dict[str, Any]:
    body = {"processInstanceIds": instances, "suspended": True}
    made: dict[str, Any] = api.post("/process-instance/suspended-async", body).ok()
    return made


def retries(api: Api, *job_ids: str) -> dict[str, Any]:
    """A batch of which whatever is no job fails."""
    made: dict[str, Any] = api.post("/job/retries", {"jobIds": list(job_ids), "retries": 2}).ok()
    return made


def progress(api: Api, batch: dict[str, Any]) -> tuple[int, ...]:
    shown = statistics(api, batch)
    return tuple(shown[name] for name in ("jobsCreated", "remainingJobs", "completedJobs", "failedJobs"))


def test_step_by_step(api: Api, instances: list[str], settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"BATCH_JOBS_PER_SEED": 2}
    batch = suspension(api, instances)
    path = f"/job?jobDefinitionId={batch['seedJobDefinitionId']}"
    assert api.get(f"/batch/{batch['id']}").ok() == batch
    assert api.get(f"/batch?batchId={batch['id']}&suspended=false&type={batch['type']}").ok() == [batch]
    assert api.get(f"/batch/count?batchId={UNKNOWN}").ok() == {"count": 0}
    [seed] = api.get(path).ok()
    assert (seed["batchId"], seed["processInstanceId"], seed["retries"]) == (batch["id"], None, 3)
    definition = api.get(f"/job-definition/{batch['seedJobDefinitionId']}").ok()
    assert (definition["jobType"], definition["jobConfiguration"]) == ("batch-seed-job", batch["id"])
    assert definition["processDefinitionKey"] is definition["activityId"] is None

    assert progress(api, batch) == (0, 3, 0, 0)
    api.post(f"/job/{seed['id']}/execute").ok()
    assert progress(api, batch) == (2, 3, 0, 0)
    job = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()[0]
    api.post(f"/job/{job['id']}/execute").ok()
    assert progress(api, batch) == (2, 2, 1, 0)
    [seed] = api.get(path).ok()
    api.post(f"/job/{seed['id']}/execute").ok()
    assert progress(api, batch) == (3, 2, 1, 0)
    assert api.get(path).ok() == []
    [monitor] = api.get(f"/job?jobDefinitionId={batch['monitorJobDefinitionId']}").ok()
    api.post(f"/job/{monitor['id']}/execute").ok()
    assert api.get(f"/job/{monitor['id']}").ok()["dueDate"] is not None

    assert ended(api, batch)["totalJobs"] == 3
    api.get(f"/batch/{batch['id']}").refused(404)
    assert (Job.objects.count(), BatchChunk.objects.count()) == (0, 0)
    assert not JobDefinition.objects.filter(job_configuration=batch["id"]).exists()
    logs = api.get(f"/history/job-log?jobDefinitionId={batch['batchJobDefinitionId']}&successLog=true").ok()
    assert [log["batchId"] for log in logs] == [batch["id"]] * 3


@pytest.mark.parametrize("together", [1, 10])
def test_one_that_fails_does_not_stop_the_others(api: Api, together: int, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"INVOCATIONS_PER_BATCH_JOB": together}
    content = """<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeDuration>PT10H</bpmn:timeDuration>
        </bpmn:timerEventDefinition></bpmn:startEvent>"""
    for key in ("one", "two"):
        api.deploy(process(key, content)).ok()
    timers = [row["id"] for row in api.get("/job").ok()]
    batch = retries(api, timers[0], UNKNOWN, timers[1])
    assert batch["totalJobs"] == (3 if together == 1 else 1)
    sweep()
    assert {api.get(f"/job/{one}").ok()["retries"] for one in timers} == {2}
    assert progress(api, batch)[1:] == ((1, 2, 1) if together == 1 else (1, 0, 1))
    assert api.get("/batch/count?withFailures=true").ok() == {"count": 1}
    assert api.get("/batch/count?withoutFailures=true").ok() == {"count": 0}
    [job] = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()
    assert job["retries"] == 0
    assert UNKNOWN in job["exceptionMessage"]
    [incident] = api.get(f"/incident?configuration={job['id']}").ok()
    assert incident["incidentType"] == "failedJob"
    # What is done leaves the job, and is not done again when the job is.
    assert Job.objects.get(pk=job["id"]).handler_configuration == f'["{UNKNOWN}"]'
    assert UNKNOWN in api.post(f"/job/{job['id']}/execute").refused(400)
    api.delete(f"/batch/{batch['id']}").ok()
    assert Incident.objects.count() == 0
    [closed] = api.get("/history/incident").ok()
    assert closed["deleted"] is True


def test_a_failure_is_tried_again_when_an_operator_says(api: Api, instances: list[str]) -> None:
    strict = {"historicProcessInstanceIds": instances[:1]}
    batch = api.post("/history/process-instance/delete", strict).ok()
    sweep()
    [job] = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()
    assert "still running" in job["exceptionMessage"]
    api.delete(f"/process-instance/{instances[0]}").ok()
    api.put(f"/job-definition/{batch['batchJobDefinitionId']}/retries", {"retries": 1}).ok()
    assert Incident.objects.count() == 0
    Job.objects.filter(batch_id=batch["id"], due_date__isnull=False).update(due_date=None)
    ended(api, batch)


def test_two_sweepers_share_a_batch(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"BATCH_JOBS_PER_SEED": 3}
    api.deploy(external_task_process("waiting", "topic")).ok()
    chosen = started(api, "waiting", 8)
    batch = suspension(api, chosen)
    ran = {"one": 0, "two": 0}
    for _ in range(30):
        taken = {owner: acquisition.acquire(owner, 2) for owner in ran}
        assert not {job.id for job in taken["one"]} & {job.id for job in taken["two"]}
        for owner, some in taken.items():
            ran[owner] += jobs.run(owner, some)["executed"]
    assert ran["one"]
    assert ran["two"]
    ended(api, batch)
    logs = HistoricJobLog.objects.filter(job_definition_id=batch["batchJobDefinitionId"], state="successful")
    assert logs.count() == 8


def test_a_job_that_another_sweeper_has_is_left_alone(api: Api, instances: list[str]) -> None:
    batch = suspension(api, instances)
    [taken] = acquisition.acquire("one", 10)
    Job.objects.filter(pk=taken.id).update(lock_owner="two")
    assert jobs.run("one", [taken]) == {"gone": 1}
    assert progress(api, batch) == (0, 3, 0, 0)


def test_suspending_and_activating(api: Api, instances: list[str]) -> None:
    batch = suspension(api, instances)
    assert jobs.run_once("sweeper", 1)
    assert api.put(f"/batch/{batch['id']}/suspended", {"suspended": True}).status == 204
    assert jobs.run_once("sweeper") == {}
    assert api.get(f"/batch/{batch['id']}").ok()["suspended"] is True
    assert api.get("/batch?suspended=false").ok() == []
    job = api.get(f"/job?jobDefinitionId={batch['batchJobDefinitionId']}").ok()[0]
    assert job["suspended"] is True
    assert "suspended" in api.post(f"/job/{job['id']}/execute").refused(409)
    assert api.get(f"/job-definition/{batch['batchJobDefinitionId']}").ok()["suspended"] is True
    assert api.put(f"/batch/{batch['id']}/suspended", {"suspended": False}).status == 204
    ended(api, batch)
    told = {row["operationType"] for row in api.get("/history/user-operation?entityType=Batch").ok()}
    assert told == {"SuspendBatch", "ActivateBatch"}
    assert "Unable to suspend batch" in api.put(f"/batch/{batch['id']}/suspended", {"suspended": True}).refused(400)


def test_suspending_a_part_by_its_job_definition(api: Api, instances: list[str]) -> None:
    batch = suspension(api, instances)
    path = f"/job-definition/{batch['batchJobDefinitionId']}"
    assert jobs.run_once("sweeper", 1)
    api.put(f"{path}/suspended", {"suspended": True, "includeJobs": True}).ok()
    sweep()
    assert progress(api, batch) == (3, 3, 0, 0)
    api.put(f"{path}/suspended", {"suspended": False, "includeJobs": True}).ok()
    Job.objects.filter(job_definition_id=batch["monitorJobDefinitionId"]).update(due_date=None)
    ended(api, batch)


def test_what_is_made_while_suspended_stands_still_too(api: Api, instances: list[str]) -> None:
    batch = suspension(api, instances)
    [seed] = acquisition.acquire("sweeper", 1)
    api.put(f"/batch/{batch['id']}/suspended", {"suspended": True}).ok()
    assert jobs.run("sweeper", [seed]) == {"suspended": 1}
    assert progress(api, batch) == (0, 3, 0, 0)


@pytest.mark.parametrize("cascade", [False, True])
def test_deleting_while_it_runs(api: Api, instances: list[str], cascade: bool) -> None:
    batch = suspension(api, instances)
    assert jobs.run_once("sweeper", 1)
    taken = acquisition.acquire("sweeper", 10)
    assert jobs.run("sweeper", taken[:1]) == {"executed": 1}
    assert api.delete(f"/batch/{batch['id']}{'?cascade=true' if cascade else ''}").status == 204
    assert set(jobs.run("sweeper", taken[1:])) == {"gone"}
    assert sum(api.get(f"/process-instance/{one}").ok()["suspended"] for one in instances) == 1
    assert (Job.objects.count(), BatchChunk.objects.count(), JobDefinition.objects.filter(job_configuration=batch["id"]).count()) == (0, 0, 0)  # fmt: skip
    assert "Unable to delete batch" in api.delete(f"/batch/{batch['id']}").refused(400)
    if cascade:
        api.get(f"/history/batch/{batch['id']}").refused(404)
        assert not HistoricJobLog.objects.filter(batch_id=batch["id"]).exists()
    else:
        assert api.get(f"/history/batch/{batch['id']}").ok()["endTime"] is not None


def test_its_history(api: Api, instances: list[str]) -> None:
    batch = suspension(api, instances)
    path = f"/history/batch/{batch['id']}"
    assert api.get(path).ok()["endTime"] is None
    assert "still running" in api.delete(path).refused(400)
    assert api.get("/history/batch?completed=true").ok() == []
    shown = ended(api, batch)
    assert api.get("/history/batch?completed=true&sortBy=endTime&sortOrder=desc").ok() == [shown]
    assert api.get("/history/batch/count?completed=false").ok() == {"count": 0}
    report = {"batchType": batch["type"], "historyTimeToLive": None}
    counts = {"finishedBatchesCount": 1, "cleanableBatchesCount": 0}
    assert api.get("/history/batch/cleanable-batch-report").ok() == [{**report, **counts}]
    assert api.get("/history/batch/cleanable-batch-report/count").ok() == {"count": 1}
    assert api.delete(path).status == 204
    api.get(path).refused(404)
    assert "Unable to delete historic batch" in api.delete(path).refused(400)


def test_removing_what_is_over(api: Api, instances: list[str], settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"BATCH_HISTORY_TIME_TO_LIVE": 0}
    batch = suspension(api, instances)
    assert service.remove_expired() == 0
    assert ended(api, batch)["removalTime"] is not None
    assert api.get("/history/batch/cleanable-batch-report").ok()[0]["cleanableBatchesCount"] == 1
    assert service.remove_expired() == 1
    api.get(f"/history/batch/{batch['id']}").refused(404)
    assert not HistoricJobLog.objects.filter(batch_id=batch["id"]).exists()


def test_many_things(superuser: Any) -> None:
    """They are written as they come: in chunks of what one seed job takes."""
    number, taken = 12_345, []

    def things() -> Any:
        for _ in range(number):
            taken.append(BatchChunk.objects.count() if len(taken) % 6_000 == 5_999 else 0)
            yield ids.new_id()

    made = service.create("set-job-retries", things(), {"retries": 1}, user="root")
    assert (made.total_jobs, BatchChunk.objects.count()) == (number, 124)
    assert max(taken) >= 50
    assert jobs.run_once("sweeper", 1) == {"executed": 1}
    assert Batch.objects.get().jobs_created == 100


def test_too_many_things(superuser: Any, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"MAX_BATCH_SIZE": 10}
    with pytest.raises(BadInput, match="more than 10"):
        service.create("set-job-retries", (ids.new_id() for _ in range(11)), {"retries": 1})
    assert (Batch.objects.count(), BatchChunk.objects.count(), Job.objects.count()) == (0, 0, 0)


@pytest.fixture
def clerk(db: None) -> Any:
    def make(*permissions: str) -> Api:
        user = get_user_model().objects.create_user("clerk", password="secret")
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        return Api(basic("clerk", "secret"))

    return make


def test_permissions(api: Api, clerk: Any, instances: list[str]) -> None:
    batch = suspension(api, instances)
    nobody = clerk("suspend_instance")
    path = f"/batch/{batch['id']}"
    for method, address in (
        ("DELETE", path), ("PUT", f"{path}/suspended"), ("DELETE", f"/history{path}"),
        ("POST", "/process-instance/delete"), ("POST", "/process-instance/variables-async"), ("POST", "/job/retries"),
        ("POST", "/external-task/retries-async"), ("POST", "/modification/executeAsync"), ("POST", "/modification/execute"),
        ("POST", "/migration/executeAsync"), ("POST", "/history/process-instance/delete"),
        ("POST", "/history/batch/set-removal-time"), ("GET", "/history/batch/cleanable-batch-report"),
    ):  # fmt: skip
        nobody.call(method, address, {} if method != "GET" else None).refused(403)
    for address in ("/batch", "/batch/statistics", "/history/batch"):
        assert nobody.get(address).ok() == []
    nobody.get(path).refused(404)
    nobody.get(f"/history{path}").refused(404)
    mine = nobody.post("/process-instance/suspended-async", {"processInstanceIds": instances, "suspended": True}).ok()
    assert mine["createUserId"] == "clerk"
    through_history = {"historicProcessInstanceQuery": {}, "suspended": True}
    nobody.post("/process-instance/suspended-async", through_history).refused(403)


def test_tenants(api: Api, clerk: Any) -> None:
    """Who belongs to no tenant gets nothing of one into a batch, be it by query or by id; that it is there is not told."""
    for tenant, key in (("acme", "waiting"), ("", "plain")):
        fields = {"tenant-id": tenant} if tenant else {}
        api.deploy(external_task_process(key, "topic"), **fields).ok()
    hidden = str(api.post("/process-definition/key/waiting/tenant-id/acme/start").ok()["id"])
    [plain] = started(api, "plain", 1)
    outsider, path = clerk("suspend_instance"), "/process-instance/suspended-async"
    told = {
        one: outsider.post(path, {"processInstanceIds": [plain, one], "suspended": True}).refused(404)
        for one in (hidden, UNKNOWN)
    }
    assert told[hidden].replace(hidden, UNKNOWN) == told[UNKNOWN]
    batch = outsider.post(path, {"processInstanceQuery": {}, "suspended": True}).ok()
    assert batch["totalJobs"] == 1
    ended(api, batch)
    assert api.get(f"/process-instance/{hidden}").ok()["suspended"] is False
    assert api.get(f"/process-instance/{plain}").ok()["suspended"] is True


def test_a_permission_for_one_definition(api: Api) -> None:
    for key in ("mine", "foreign"):
        api.deploy(external_task_process(key, "topic")).ok()
    [mine], [foreign] = started(api, "mine", 1), started(api, "foreign", 1)
    caller, path = person("p"), "/process-instance/suspended-async"
    caller.post(path, {"processInstanceQuery": {}, "suspended": True}).refused(403)
    grant("p", "mine", "SUSPEND_INSTANCE")
    caller.post(path, {"processInstanceIds": [mine, foreign], "suspended": True}).refused(404)
    ended(api, caller.post(path, {"processInstanceQuery": {}, "suspended": True}).ok())
    assert [api.get(f"/process-instance/{one}").ok()["suspended"] for one in (mine, foreign)] == [True, False]
    tasks = {"processInstanceIds": [mine], "processInstanceQuery": {}, "retries": 9}
    caller.post("/external-task/retries-async", tasks).refused(403)


def test_who_made_a_batch_can_watch_it(api: Api) -> None:
    api.deploy(external_task_process("mine", "topic")).ok()
    started(api, "mine", 2)
    caller, path = person("p"), "/process-instance/suspended-async"
    grant("p", "mine", "SUSPEND_INSTANCE")
    own = caller.post(path, {"processInstanceQuery": {}, "suspended": True}).ok()
    others = api.post(path, {"processInstanceQuery": {}, "suspended": True}).ok()
    for address in ("/batch", "/batch/statistics", "/history/batch"):
        assert [row["id"] for row in caller.get(address).ok()] == [own["id"]], address
        assert caller.get(f"{address}/count").ok() == {"count": 1}
        assert len(api.get(address).ok()) == 2
    for address in ("/batch", "/history/batch"):
        assert caller.get(f"{address}/{own['id']}").ok()["createUserId"] == "p"
        caller.get(f"{address}/{others['id']}").refused(404)
    caller.put(f"/batch/{own['id']}/suspended", {"suspended": True}).refused(403)
    caller.delete(f"/batch/{own['id']}").refused(403)
    ended(api, own)
    assert caller.get(f"/history/batch/{own['id']}").ok()["endTime"] is not None
    caller.delete(f"/history/batch/{own['id']}").refused(403)
    caller.get("/history/batch/cleanable-batch-report").refused(403)


def test_deleting_the_history_of_a_batch_has_a_permission_of_its_own(api: Api) -> None:
    api.deploy(external_task_process("mine", "topic")).ok()
    started(api, "mine", 1)
    made = [
        api.post("/process-instance/suspended-async", {"processInstanceQuery": {}, "suspended": True}).ok()["id"]
        for _ in range(2)
    ]
    ender = person("ender", "delete_batch")
    ender.delete(f"/batch/{made[0]}?cascade=true").refused(403)
    ender.delete(f"/batch/{made[0]}").ok()
    ender.delete(f"/history/batch/{made[0]}").refused(403)
    historian = person("historian", "delete_batch_history")
    historian.delete(f"/batch/{made[1]}").refused(403)
    historian.delete(f"/history/batch/{made[0]}").ok()
