"""What the user operation log says of starts: in Camunda's words, and only of those that somebody asked for by name."""

from typing import Any

from tests.rest.conftest import Api, message_process, process

AT_ONCE = process(
    "at_once",
    '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="e"/><bpmn:endEvent id="e"/>',
)


def told(api: Api) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.get("/history/user-operation?entityType=ProcessInstance").ok()
    return rows


def test_a_start_names_who_asked_for_it_and_what_came_of_it(api: Api, human_definition: str) -> None:
    instance = api.start("human", businessKey="a")["id"]
    [row] = told(api)
    wanted = {
        "operationType": "Create",
        "category": "Operator",
        "userId": "root",
        "property": None,
        "orgValue": None,
        "newValue": None,
        "processInstanceId": instance,
        "rootProcessInstanceId": instance,
        "processDefinitionId": human_definition,
        "processDefinitionKey": "human",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_however_it_is_asked_for(api: Api, human_definition: str) -> None:
    ids = [
        api.post(f"/process-definition/{human_definition}/start", {}).ok()["id"],
        api.post(f"/process-definition/{human_definition}/submit-form", {}).ok()["id"],
        api.start("human", startInstructions=[{"type": "startBeforeActivity", "activityId": "approve"}])["id"],
    ]
    many = api.post("/process-instance/start-many", {"instances": [{"processDefinitionKey": "human"}] * 2}).ok()
    ids += [one["id"] for one in many["results"]]
    rows = told(api)
    assert {row["operationType"] for row in rows} == {"Create"}
    assert sorted(row["processInstanceId"] for row in rows) == sorted(ids)
    assert len({row["operationId"] for row in rows}) == 5


def test_of_one_that_has_ended_at_once(api: Api) -> None:
    api.deploy(AT_ONCE).ok()
    instance = api.start("at_once")["id"]
    assert [row["processInstanceId"] for row in told(api)] == [instance]


def test_nothing_of_a_start_that_is_refused_or_finds_its_instance(
    api: Api, human_definition: str, settings: Any
) -> None:
    settings.WORKFLOW_ENGINE = {"UNIQUE_BUSINESS_KEYS": True}
    first, second = (api.start("human", businessKey="a")["id"] for _ in range(2))
    api.post(f"/process-definition/{human_definition}/start", {"startInstructions": [{"type": "cancel"}]}).refused(400)
    assert first == second
    assert len(told(api)) == 1


def test_a_message_is_in_the_history_of_the_instance_it_starts(api: Api) -> None:
    api.deploy(message_process("by_message")).ok()
    [result] = api.post("/message", {"messageName": "go", "resultEnabled": True}).ok()
    [instance] = api.get(f"/history/process-instance?processInstanceId={result['processInstance']['id']}").ok()
    assert (instance["startUserId"], told(api)) == ("root", [])


def test_a_restart_is_one_operation_of_its_own(api: Api, human_definition: str) -> None:
    ended = api.start("human")["id"]
    api.delete(f"/process-instance/{ended}").ok()
    instructions = [{"type": "startBeforeActivity", "activityId": "approve"}]
    asked = {"processInstanceIds": [ended], "instructions": instructions}
    assert api.post(f"/process-definition/{human_definition}/restart", asked).status == 204
    assert {row["operationType"] for row in told(api)} == {"Create", "Delete", "RestartProcessInstance"}
    assert [row["operationType"] for row in told(api)].count("Create") == 1
