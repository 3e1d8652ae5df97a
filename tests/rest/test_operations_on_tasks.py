"""What the user operation log says of changes of a task: each by Camunda's name for it, with the value before and after."""

from typing import Any

import pytest

from tests.rest.conftest import Api, user_task_process

Told = list[tuple[str, str | None, str | None, str | None]]


@pytest.fixture
def task(api: Api) -> str:
    api.deploy(user_task_process("logged")).ok()
    api.start("logged")
    return str(api.get("/task").ok()[0]["id"])


def told(api: Api, task: str) -> Told:
    rows = api.get(f"/history/user-operation?taskId={task}&sortBy=timestamp&sortOrder=asc").ok()
    assert {(row["entityType"], row["category"], row["userId"]) for row in rows} <= {("Task", "TaskWorker", "root")}
    told = [(row["operationType"], row["property"], row["orgValue"], row["newValue"]) for row in rows]
    return sorted(told, key=lambda row: [text or "" for text in row])


def done(api: Api, task: str, what: str, body: dict[str, Any] | None = None) -> None:
    assert api.post(f"/task/{task}/{what}", body).status == 204


def test_claimed_and_given_back(api: Api, task: str) -> None:
    done(api, task, "claim", {"userId": "ann"})
    assert told(api, task) == [("Claim", "assignee", None, "ann")]
    done(api, task, "unclaim")
    assert told(api, task)[0] == ("Assign", "assignee", "ann", None)


def test_assigned_to_somebody_else(api: Api, task: str) -> None:
    done(api, task, "assignee", {"userId": "ann"})
    done(api, task, "assignee", {"userId": "bob"})
    assert told(api, task) == [("Assign", "assignee", None, "ann"), ("Assign", "assignee", "ann", "bob")]


def test_delegated_and_resolved(api: Api, task: str) -> None:
    done(api, task, "claim", {"userId": "ann"})
    done(api, task, "delegate", {"userId": "bob"})
    assert told(api, task)[1:] == [
        ("Delegate", "assignee", "ann", "bob"),
        ("Delegate", "delegation", None, "PENDING"),
        ("Delegate", "owner", None, "ann"),
    ]
    done(api, task, "resolve")
    assert told(api, task)[4:] == [
        ("Resolve", "assignee", "bob", "ann"),
        ("Resolve", "delegation", "PENDING", "RESOLVED"),
    ]


def test_the_form_of_a_delegated_task_resolves_it(api: Api, task: str) -> None:
    done(api, task, "delegate", {"userId": "bob"})
    done(api, task, "submit-form", {})
    assert [row for row in told(api, task) if row[0] != "Delegate"] == [
        ("Resolve", "assignee", "bob", None),
        ("Resolve", "delegation", "PENDING", "RESOLVED"),
    ]


def test_an_update_tells_what_has_changed_and_nothing_else(api: Api, task: str) -> None:
    known = api.get(f"/task/{task}").ok()
    body = {**known, "owner": "ann", "priority": 70, "description": "new"}
    assert api.put(f"/task/{task}", body).status == 204
    assert told(api, task) == [
        ("Update", "description", None, "new"),
        ("Update", "owner", None, "ann"),
        ("Update", "priority", "50", "70"),
    ]


def test_what_changes_nothing_is_told_as_well(api: Api, task: str) -> None:
    done(api, task, "claim", {"userId": "ann"})
    done(api, task, "claim", {"userId": "ann"})
    assert told(api, task) == [("Claim", None, None, None), ("Claim", "assignee", None, "ann")]


def test_variables_of_a_task_are_the_work_of_those_who_do_it(api: Api, task: str) -> None:
    value = {"value": 1, "type": "Integer"}
    instance = api.get(f"/task/{task}").ok()["processInstanceId"]
    for path in (
        f"/task/{task}/variables/a",
        f"/task/{task}/localVariables/b",
        f"/process-instance/{instance}/variables/c",
    ):
        assert api.put(path, value).status == 204
    rows = api.get("/history/user-operation?operationType=SetVariable").ok()
    assert sorted((row["newValue"], row["category"], row["taskId"]) for row in rows) == [
        ("a", "TaskWorker", task),
        ("b", "TaskWorker", task),
        ("c", "Operator", None),
    ]


def test_members_of_groups(api: Api) -> None:
    assert api.post("/user/create", {"profile": {"id": "ann"}}).status == 204
    assert api.post("/group/create", {"id": "clerks"}).status == 204
    assert api.put("/group/clerks/members/ann").status == 204
    rows = api.get("/history/user-operation?entityType=Group%20membership").ok()
    assert sorted((row["operationType"], row["property"], row["newValue"]) for row in rows) == [
        ("Create", "groupId", "clerks"),
        ("Create", "userId", "ann"),
    ]
