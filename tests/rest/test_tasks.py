"""User tasks over HTTP."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.rest.conftest import Api, user_task_process

ATTRIBUTES = (
    'camunda:candidateGroups="accounting" camunda:candidateUsers="kermit" camunda:formKey="form"'
    ' camunda:dueDate="2099-01-01T00:00:00" camunda:priority="70"'
)


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy(user_task_process("human", ATTRIBUTES)).ok()
    instance = api.start("human", businessKey="k", variables={"n": {"value": 5}})
    [row] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    found: dict[str, Any] = row
    return found


def test_a_task(api: Api, task: dict[str, Any]) -> None:
    assert (task["name"], task["taskDefinitionKey"], task["priority"], task["formKey"]) == (
        "Human",
        "approve",
        70,
        "form",
    )
    assert task["due"] == "2099-01-01T00:00:00.000+0000"
    assert task["taskState"] == "Created"
    assert api.get(f"/task/{task['id']}").ok() == task
    assert api.get(f"/task/{task['id']}/form").ok() == {"key": "form", "camundaFormRef": None, "contextPath": None}
    assert set(api.get(f"/task/{task['id']}/form-variables?variableNames=n,x").ok()) == {"n"}


def test_taking_and_giving_back(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}"
    api.post(f"{path}/claim", {"userId": "kermit"}).ok()
    assert "kermit" in api.post(f"{path}/claim", {"userId": "gonzo"}).refused(400)
    api.post(f"{path}/claim", {"userId": "kermit"}).ok()
    api.post(f"{path}/unclaim").ok()
    api.post(f"{path}/assignee", {"userId": "gonzo"}).ok()
    api.post(f"{path}/delegate", {"userId": "kermit"}).ok()
    delegated = api.get(path).ok()
    assert (delegated["assignee"], delegated["owner"], delegated["delegationState"]) == ("kermit", "gonzo", "PENDING")
    api.post(f"{path}/resolve", {"variables": {"r": {"value": 1}}}).ok()
    assert api.get(path).ok()["assignee"] == "gonzo"
    api.post(f"{path}/complete").ok()
    api.post(f"{path}/complete").refused(404)
    [history] = api.get(f"/history/task?taskId={task['id']}").ok()
    assert (history["deleteReason"], history["assignee"]) == ("completed", "gonzo")


def test_completing_with_variables_in_return(api: Api, task: dict[str, Any]) -> None:
    body = {"withVariablesInReturn": True, "variables": {"approved": {"value": True}}}
    answer = api.post(f"/task/{task['id']}/complete", body).ok()
    assert (answer["n"]["value"], answer["approved"]["value"]) == (5, True)


def test_who_may_take_it(api: Api, task: dict[str, Any]) -> None:
    user = get_user_model().objects.create_user("piggy")
    user.groups.add(Group.objects.create(name="accounting"))

    def count(query: str) -> int:
        return int(api.get(f"/task/count?{query}").ok()["count"])

    assert (
        count("candidateGroup=accounting")
        == count("candidateGroups=accounting,x")
        == count("candidateUser=kermit")
        == 1
    )
    assert count("candidateUser=piggy") == count("candidateGroupLike=acc%25") == 1
    assert count("candidateUser=gonzo") == count("candidateGroup=x") == 0
    assert count("withCandidateGroups=true") == count("involvedUser=kermit") == 1
    assert count("withoutCandidateUsers=true") == 0
    api.post(f"/task/{task['id']}/claim", {"userId": "kermit"}).ok()
    assert count("candidateGroup=accounting") == 0
    assert count("candidateGroup=accounting&includeAssignedTasks=true") == 1
    assert count("assigned=true&assignee=kermit&assigneeIn=kermit,x&assigneeLike=ker%25") == 1
    assert count("assigneeNotIn=kermit") == count("unassigned=true") == 0
    assert "candidateUser" in api.get("/task?candidateUser=a&candidateGroup=b").refused(400)
    assert "Expressions" in api.get("/task?assigneeExpression=${x}").refused(400)
    [history] = api.get("/history/task?taskHadCandidateGroup=accounting").ok()
    assert history["id"] == task["id"]


def test_identity_links(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/identity-links"
    found = api.get(path).ok()
    assert {"userId": None, "groupId": "accounting", "type": "candidate"} in found
    link = {"userId": "gonzo", "type": "candidate"}
    api.post(path, link).ok()
    assert {"userId": "gonzo", "groupId": None, "type": "candidate"} in api.get(f"{path}?type=candidate").ok()
    api.post(f"{path}/delete", link).ok()
    assert api.get(path).ok() == found
    for bad in ({}, {"userId": "u", "groupId": "g", "type": "candidate"}, {"type": "candidate"}, {"userId": "u"}):
        api.post(path, bad).refused(400)
    log = api.get(f"/history/identity-link-log?taskId={task['id']}&userId=gonzo").ok()
    assert [row["operationType"] for row in log] == ["add", "delete"]


def test_variables_of_a_task(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}"
    api.put(f"{path}/localVariables/l", {"value": "x"}).ok()
    api.put(f"{path}/variables/g", {"value": "y"}).ok()
    assert set(api.get(f"{path}/localVariables").ok()) == {"l"}
    assert set(api.get(f"{path}/variables").ok()) == {"l", "g", "n"}
    assert set(api.get(f"/process-instance/{task['processInstanceId']}/variables").ok()) == {"g", "n"}
    [row] = api.post("/task", {"taskVariables": [{"name": "l", "operator": "eq", "value": "x"}]}).ok()
    assert row["id"] == task["id"]
    [row] = api.post("/task", {"withTaskLocalVariablesInReturn": True}).ok()
    assert set(row["variables"]) == {"l"}
    api.delete(f"{path}/variables/n").ok()
    assert set(api.get(f"/process-instance/{task['processInstanceId']}/variables").ok()) == {"g"}


def test_changing_a_task(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}"
    body = {
        **task,
        "name": "New",
        "description": "d",
        "priority": 1,
        "followUp": "2099-02-02T00:00:00.000+0000",
        "id": "x",
    }
    api.put(path, body).ok()
    changed = api.get(path).ok()
    assert (changed["id"], changed["name"], changed["description"], changed["priority"]) == (task["id"], "New", "d", 1)
    assert changed["followUp"] == "2099-02-02T00:00:00.000+0000"
    assert changed["lastUpdated"] is not None
    api.put(path, {**body, "delegationState": "NOPE"}).refused(400)
    api.put(path, {**body, "due": "soon"}).refused(400)
    api.delete(path).refused(400)


def test_errors_of_people(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}"
    api.post(f"{path}/bpmnError").refused(400)
    api.post(f"{path}/bpmnEscalation").refused(400)
    api.post(f"{path}/bpmnError", {"errorCode": "uncaught"}).ok()
    assert api.get("/task/count").ok() == {"count": 0}
