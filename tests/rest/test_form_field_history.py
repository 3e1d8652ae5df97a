"""Form fields in /history/detail: the texts that submit-form has sent, beside the variables that it set."""

from typing import Any

import pytest

from tests.rest.conftest import Api, process

FIELDS = """<bpmn:extensionElements><camunda:formData><camunda:formField id="n" type="long"/>
    <camunda:formField id="s" type="string" defaultValue="given by the model"/></camunda:formData></bpmn:extensionElements>"""
MODEL = process(
    "forms",
    f"""<bpmn:startEvent id="start">{FIELDS}</bpmn:startEvent><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
    <bpmn:userTask id="work">{FIELDS}</bpmn:userTask><bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
    <bpmn:endEvent id="end"/>""",
)
START = "/process-definition/key/forms/submit-form"


def values(**given: Any) -> dict[str, Any]:
    return {
        "variables": {name: value if isinstance(value, dict) else {"value": value} for name, value in given.items()}
    }


def fields(api: Api, more: str = "") -> list[tuple[str, str]]:
    found = api.get(f"/history/detail?formFields=true{more}").ok()
    return sorted((row["fieldId"], row["fieldValue"]) for row in found)


@pytest.fixture
def instance(api: Api) -> dict[str, Any]:
    api.deploy(MODEL).ok()
    started: dict[str, Any] = api.post(START, values(n="12", x="y", number=3, nothing=None, empty="")).ok()
    return started


def test_a_start_form(api: Api, instance: dict[str, Any]) -> None:
    assert fields(api) == [("empty", ""), ("n", "12"), ("x", "y")]
    row = api.get("/history/detail?formFields=true&sortBy=formPropertyId&sortOrder=desc").ok()[1]
    one = instance["id"]
    assert {name: value for name, value in row.items() if value is not None and name not in ("id", "time")} == {
        "type": "formField",
        "processDefinitionKey": "forms",
        "processDefinitionId": instance["definitionId"],
        "processInstanceId": one,
        "rootProcessInstanceId": one,
        "executionId": one,
        "activityInstanceId": one,
        "fieldId": "n",
        "fieldValue": "12",
    }
    assert set(row) == {
        "type", "id", "processDefinitionKey", "processDefinitionId", "processInstanceId", "activityInstanceId", "executionId",
        "caseDefinitionKey", "caseDefinitionId", "caseInstanceId", "caseExecutionId", "taskId", "tenantId", "userOperationId",
        "time", "removalTime", "rootProcessInstanceId", "fieldId", "fieldValue",
    }  # fmt: skip


def test_a_task_form(api: Api, instance: dict[str, Any]) -> None:
    [task] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    api.post(f"/task/{task['id']}/delegate", {"userId": "kermit"}).ok()
    of_task = f"&taskId={task['id']}"
    api.post(f"/task/{task['id']}/submit-form", values(n="8", s="sent", more={"value": "{}", "type": "Json"})).ok()
    assert fields(api, of_task) == [("n", "8"), ("s", "sent")]
    api.post(f"/task/{task['id']}/submit-form", values(z="last")).ok()
    assert fields(api, of_task) == [("n", "8"), ("s", "sent"), ("z", "last")]
    rows = api.get(f"/history/detail?formFields=true{of_task}").ok()
    [activity] = api.get("/history/activity-instance?activityId=work").ok()
    assert {row["activityInstanceId"] for row in rows} == {activity["id"]}
    assert {row["taskId"] for row in rows} == {task["id"]}


def test_what_is_no_form_leaves_none(api: Api, instance: dict[str, Any]) -> None:
    before = len(fields(api))
    api.start("forms", **values(s="text"))
    for task in api.get("/task").ok():
        api.post(f"/task/{task['id']}/complete", values(s="text")).ok()
    assert len(fields(api)) == before


def test_updates_and_fields_side_by_side(api: Api, instance: dict[str, Any]) -> None:
    def count(query: str) -> int:
        return int(api.get(f"/history/detail/count?{query}").ok()["count"])

    updates = count("variableUpdates=true")
    assert updates == 6
    assert count("") == updates + 3
    assert count("formFields=true") == 3
    assert count("formFields=false") == updates + 3
    assert count("formFields=true&variableUpdates=true") == updates
    assert count("initial=true") == updates
    assert count("variableTypeIn=string") == 3  # x, empty and the default of s
    assert count("variableNameLike=x%25") == 2
    both = api.get("/history/detail?sortBy=formPropertyId&sortOrder=asc").ok()
    names = [row.get("fieldId") or row["variableName"] for row in both]
    assert names == sorted(names)
    assert {row["type"] for row in both} == {"formField", "variableUpdate"}


def test_one_of_them(api: Api, instance: dict[str, Any]) -> None:
    row = api.get("/history/detail?formFields=true").ok()[0]
    assert api.get(f"/history/detail/{row['id']}").ok() == row
    assert "is not a variable update" in api.get(f"/history/detail/{row['id']}/data").refused(400)


def test_removing_a_variable_leaves_the_fields(api: Api, instance: dict[str, Any]) -> None:
    [variable] = api.get("/history/variable-instance?variableName=x").ok()
    api.delete(f"/history/variable-instance/{variable['id']}").ok()
    assert ("x", "y") in fields(api)
    api.delete(f"/process-instance/{instance['id']}").ok()
    api.delete(f"/history/process-instance/{instance['id']}").ok()
    assert fields(api) == []


def test_a_refused_form_leaves_none(api: Api, instance: dict[str, Any]) -> None:
    before = fields(api)
    api.post(START, values(n="no number")).refused(400)
    assert fields(api) == before


@pytest.mark.parametrize("level", ["audit", "activity", "none"])
def test_only_at_the_level_full(api: Api, settings: Any, level: str) -> None:
    settings.WORKFLOW_ENGINE = {**getattr(settings, "WORKFLOW_ENGINE", {}), "HISTORY_LEVEL": level}
    api.deploy(MODEL).ok()
    api.post(START, values(x="y")).ok()
    assert fields(api) == []
