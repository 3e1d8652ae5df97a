"""Moving instances to another definition and starting ended ones again, as a caller sees it."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.rest.conftest import Api, basic, process

LATE = """<bpmn:boundaryEvent id="late" attachedToRef="approve"><bpmn:timerEventDefinition><bpmn:timeDuration>PT2H
    </bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f4" sourceRef="late" targetRef="end"/>"""


def model(kind: str = "userTask", more: str = "") -> str:
    return process(
        "moving",
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
        <bpmn:{kind} id="approve" name="Approve" camunda:type="external" camunda:topic="t"/>
        <bpmn:sequenceFlow id="f2" sourceRef="approve" targetRef="end"/><bpmn:endEvent id="end"/>{more}""",
    )


def definition(api: Api, xml: str) -> str:
    (found,) = api.deploy(xml).ok()["deployedProcessDefinitions"]
    return str(found)


def plan_of(source: str, target: str, *pairs: tuple[str, str]) -> dict[str, Any]:
    return {
        "sourceProcessDefinitionId": source,
        "targetProcessDefinitionId": target,
        "instructions": [
            {"sourceActivityIds": [one], "targetActivityIds": [other], "updateEventTrigger": False}
            for one, other in pairs
        ],
    }


@pytest.fixture
def versions(api: Api) -> tuple[str, str]:
    return definition(api, model()), definition(api, model(more=LATE))


def start(api: Api, definition_id: str, **body: Any) -> str:
    return str(api.post(f"/process-definition/{definition_id}/start", body).ok()["id"])


def test_generating_and_validating_a_plan(api: Api, versions: tuple[str, str]) -> None:
    source, target = versions
    asked = {"sourceProcessDefinitionId": source, "targetProcessDefinitionId": target, "updateEventTriggers": True}
    plan = api.post("/migration/generate", asked).ok()
    assert plan == {**plan_of(source, target, ("approve", "approve")), "variables": None}
    assert api.post("/migration/validate", plan).ok() == {"instructionReports": [], "variableReports": {}}
    back = api.post("/migration/generate", {**asked, "sourceProcessDefinitionId": target}).ok()
    assert [item["updateEventTrigger"] for item in back["instructions"]] == [False, True]
    [report] = api.post("/migration/validate", plan_of(source, target, ("approve", "late"))).ok()["instructionReports"]
    assert report["instruction"]["targetActivityIds"] == ["late"]
    assert "incompatible types" in report["failures"][0]
    assert "source" in api.post("/migration/generate", {"targetProcessDefinitionId": target}).refused(400).lower()
    api.post("/migration/generate", {**asked, "targetProcessDefinitionId": "nope"}).refused(400)
    broken = {**plan, "instructions": [{"sourceActivityIds": ["a", "b"], "targetActivityIds": []}]}
    api.post("/migration/validate", broken).refused(400)


def test_migrating(api: Api, versions: tuple[str, str]) -> None:
    source, target = versions
    instances = [start(api, source, variables={"n": {"value": 5}}) for _ in range(2)]
    [task, _] = api.get(f"/task?processDefinitionId={source}&sortBy=id&sortOrder=asc").ok()
    plan = plan_of(source, target, ("approve", "approve"))
    answer = api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": instances})
    assert (answer.status, answer.content) == (204, b"")
    for instance in instances:
        assert api.get(f"/process-instance/{instance}").ok()["definitionId"] == target
        [history] = api.get(f"/history/process-instance?processInstanceId={instance}").ok()
        assert (history["processDefinitionId"], history["state"]) == (target, "ACTIVE")
        [job] = api.get(f"/job?processInstanceId={instance}").ok()
        assert job["processDefinitionId"] == target
        assert api.get(f"/job-definition?jobDefinitionId={job['jobDefinitionId']}").ok()[0]["activityId"] == "late"
    moved = api.get(f"/task/{task['id']}").ok()
    assert moved["processDefinitionId"] == target
    for history in ("task", "variable-instance"):
        rows = api.get(f"/history/{history}?processInstanceId={task['processInstanceId']}").ok()
        assert [row["processDefinitionId"] for row in rows] == [target]
    activities = api.get(f"/history/activity-instance?processInstanceId={task['processInstanceId']}").ok()
    assert {row["activityId"]: row["processDefinitionId"] for row in activities} == {"start": source, "approve": target}
    [entry] = api.get(f"/history/user-operation?operationType=Migrate&processInstanceId={instances[0]}").ok()
    assert (entry["orgValue"], entry["newValue"]) == (source, target)
    api.post(f"/task/{task['id']}/complete").ok()
    [ended] = api.get(f"/history/process-instance?processInstanceId={task['processInstanceId']}").ok()
    assert ended["state"] == "COMPLETED"


def test_migrating_those_that_a_query_finds(api: Api, versions: tuple[str, str]) -> None:
    source, target = versions
    found, other = start(api, source, businessKey="a"), start(api, source, businessKey="b")
    plan = {**plan_of(source, target, ("approve", "approve")), "variables": {"moved": {"value": True}}}
    asked = {"migrationPlan": plan, "processInstanceQuery": {"businessKey": "a"}}
    api.post("/migration/execute", asked).ok()
    assert api.get(f"/process-instance/{found}").ok()["definitionId"] == target
    assert api.get(f"/process-instance/{found}/variables/moved").ok()["value"] is True
    assert api.get(f"/process-instance/{other}").ok()["definitionId"] == source


def test_refusals_of_a_migration(api: Api, versions: tuple[str, str]) -> None:
    source, target = versions
    first, second = start(api, source), start(api, source)
    plan = plan_of(source, target, ("approve", "approve"))
    api.post("/migration/execute", {"processInstanceIds": [first]}).refused(400)
    api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": []}).refused(400)
    # All or none: the instance that does not exist keeps the other one back.
    api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [first, "nope"]}).refused(404)
    assert api.get(f"/process-instance/{first}").ok()["definitionId"] == source
    answer = api.post("/migration/execute", {"migrationPlan": plan_of(source, target), "processInstanceIds": [second]})
    answer.refused(400, "MigratingProcessInstanceValidationException")
    report = answer.json["validationReport"]
    assert report["processInstanceId"] == second
    [activity] = report["activityInstanceValidationReports"]
    assert (activity["sourceScopeId"], activity["migrationInstruction"]) == ("approve", None)
    wrong = plan_of(source, target, ("approve", "late"))
    answer = api.post("/migration/execute", {"migrationPlan": wrong, "processInstanceIds": [second]})
    answer.refused(400, "MigrationPlanValidationException")
    assert answer.json["validationReport"]["instructionReports"][0]["failures"]


def test_migrating_an_external_task(api: Api) -> None:
    source, target = definition(api, model("serviceTask")), definition(api, model("serviceTask"))
    instance = start(api, source)
    plan = plan_of(source, target, ("approve", "approve"))
    api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance]}).ok()
    topic = {"topicName": "t", "lockDuration": 1000, "processDefinitionId": target}
    [task] = api.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 5, "topics": [topic]}).ok()
    assert (task["processDefinitionId"], task["processInstanceId"]) == (target, instance)
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}).ok()


def test_an_incident_and_its_history_go_along(api: Api) -> None:
    source, target = (definition(api, model("serviceTask").replace("approve", name)) for name in ("old", "new"))
    instance = start(api, source)
    topic = {"topicName": "t", "lockDuration": 1000}
    [task] = api.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]}).ok()
    failure = {"workerId": "w", "retries": 0, "errorMessage": "broken", "localVariables": {"why": {"value": "rust"}}}
    api.post(f"/external-task/{task['id']}/failure", failure).ok()
    plan = plan_of(source, target, ("old", "new"))
    api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [instance]}).ok()
    for address in ("/incident", "/history/incident"):
        [incident] = api.get(f"{address}?processInstanceId={instance}").ok()
        assert (incident["activityId"], incident["processDefinitionId"]) == ("new", target)
    [variable] = api.get(f"/history/variable-instance?processInstanceId={instance}").ok()
    assert (variable["name"], variable["value"], variable["processDefinitionId"]) == ("why", "rust", target)
    [detail] = api.get(f"/history/detail?processInstanceId={instance}").ok()
    assert detail["processDefinitionId"] == source, "what happened before the migration stays as it was"


def test_who_may_migrate(api: Api, anonymous: Api, versions: tuple[str, str]) -> None:
    get_user_model().objects.create_user("guest", password="secret")
    guest = Api(basic("guest", "secret"))
    for address in ("/migration/execute", "/migration/generate", f"/process-definition/{versions[0]}/restart"):
        anonymous.post(address).refused(401)
        guest.post(address).refused(403)


def test_restarting(api: Api, versions: tuple[str, str]) -> None:
    source, target = versions
    instance = start(api, source, businessKey="k", variables={"n": {"value": 5}, "m": {"value": "x"}})
    address = f"/process-definition/{source}/restart"
    asked = {
        "processInstanceIds": [instance],
        "instructions": [{"type": "startBeforeActivity", "activityId": "approve"}],
    }
    assert "not completed" in api.post(address, asked).refused(400)
    api.put(f"/process-instance/{instance}/variables/n", {"value": 6}).ok()
    api.delete(f"/process-instance/{instance}").ok()
    for more, n, business_key in (({}, 6, "k"), ({"initialVariables": True, "withoutBusinessKey": True}, 5, None)):
        answer = api.post(address, {**asked, **more})
        assert (answer.status, answer.content) == (204, b"")
        [again] = api.get(f"/process-instance?processDefinitionId={source}").ok()
        assert again["businessKey"] == business_key
        variables = api.get(f"/process-instance/{again['id']}/variables").ok()
        assert {name: value["value"] for name, value in variables.items()} == {"n": n, "m": "x"}
        [history] = api.get(f"/history/process-instance?processInstanceId={again['id']}").ok()
        assert history["restartedProcessInstanceId"] == instance
        [task] = api.get(f"/task?processInstanceId={again['id']}").ok()
        assert task["taskDefinitionKey"] == "approve"
        api.delete(f"/process-instance/{again['id']}").ok()
    running = start(api, source)
    api.post(address, {**asked, "processInstanceIds": [instance, running]}).refused(400)
    found = api.get(f"/process-instance?processDefinitionId={source}").ok()
    assert [row["id"] for row in found] == [running], "nobody is restarted when one is refused"
    api.post(f"/process-definition/{target}/restart", asked).refused(400)
    api.post(address, {**asked, "processInstanceIds": ["nope"]}).refused(404)
    api.post(address, {**asked, "processInstanceIds": []}).refused(400)
    api.post(address, {**asked, "instructions": []}).refused(400)
    api.post(
        address,
        {"historicProcessInstanceQuery": {"processInstanceId": instance}, "instructions": asked["instructions"]},
    ).ok()
