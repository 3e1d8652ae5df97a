"""What lists of tasks mean by their parameters, where that is not obvious; asked of Camunda 7.24."""

from typing import Any

import pytest

from tests.rest.conftest import Api, user_task_process

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


@pytest.fixture
def task(api: Api) -> str:
    api.deploy(user_task_process("human")).ok()
    instance = api.start("human", variables={"v": {"value": 1}})
    [row] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    api.put(f"/task/{row['id']}", {"name": "Human", "description": "Some Text"}).ok()
    return f"/task/{row['id']}"


def count(api: Api, query: str, path: str = "/task") -> int:
    return int(api.get(f"{path}/count?{query}").ok()["count"])


def test_the_case_of_names(api: Api, task: str) -> None:
    for same in ("name=HUMAN", "nameLike=hum%25", "description=some%20text", "descriptionLike=SOME%25"):
        assert count(api, same) == 1, same
    for other in ("nameNotEqual=human", "nameNotLike=HUM%25", "taskDefinitionKeyLike=APP%25"):
        assert count(api, other) == 0, other
    for same in ("taskName=human", "taskNameLike=HUM%25", "taskDescription=some%20text", "taskDescriptionLike=some%25"):
        assert count(api, same, "/history/task") == 1, same


def test_those_without_an_assignee_are_not_somebody_elses(api: Api, task: str) -> None:
    assert count(api, "assigneeNotIn=gonzo") == 0
    api.post(f"{task}/claim", {"userId": "kermit"}).ok()
    assert (count(api, "assigneeNotIn=gonzo"), count(api, "assigneeNotIn=gonzo,kermit")) == (1, 0)


def test_alternatives_of_variables(api: Api, task: str) -> None:
    def condition(value: int) -> dict[str, Any]:
        return {"name": "v", "operator": "eq", "value": value}

    both = {"processVariables": [condition(1), condition(2)]}
    assert api.post("/task", both).ok() == []
    assert len(api.post("/task", {"orQueries": [both]}).ok()) == 1


def test_variables_come_where_there_are_any(api: Api, task: str) -> None:
    [row] = api.get("/task?withTaskLocalVariablesInReturn=true").ok()
    assert "variables" not in row
    api.put(f"{task}/localVariables/l", {"value": 2}).ok()
    assert set(api.get(f"{task}?withTaskLocalVariablesInReturn=true").ok()["variables"]) == {"l"}
    assert set(api.get(f"{task}?withTaskVariablesInReturn=true").ok()["variables"]) == {"l", "v"}


def test_a_delegated_task_can_be_completed(api: Api, task: str) -> None:
    api.post(f"{task}/delegate", {"userId": "kermit"}).ok()
    api.post(f"{task}/complete").ok()
    api.get(task).refused(404)


def test_a_group_is_nobodys_assignee(api: Api, task: str) -> None:
    for kind in ("assignee", "owner"):
        link = {"groupId": "sales", "type": kind}
        assert kind.upper() in api.post(f"{task}/identity-links", link).refused(400)
        api.post(f"{task}/identity-links/delete", link).refused(400)


def test_every_change_updates_the_task(api: Api, task: str) -> None:
    seen = {api.get(task).ok()["lastUpdated"]}
    link = {"userId": "kermit", "type": "candidate"}
    for change in (
        lambda: api.post(f"{task}/identity-links", link),
        lambda: api.post(f"{task}/identity-links/delete", link),
        lambda: api.put(f"{task}/localVariables/l", {"value": 1}),
        lambda: api.post(f"{task}/comment/create", {"message": "x"}),
    ):
        change().ok()
        shown = api.get(task).ok()
        assert shown["taskState"] == "Updated"
        seen.add(shown["lastUpdated"])
    assert len(seen) > 1
