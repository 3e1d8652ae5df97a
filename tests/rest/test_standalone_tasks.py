"""Tasks that belong to no process: made by people, and everything that can be done with a task can be done with them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.rest.conftest import Api, basic, user_task_process
from workflow_engine import ids, models
from workflow_engine.services.history_cleanup.standalone_tasks import remove_tasks

FUTURE = "2099-02-02T00:00:00.000+0000"
OF_A_PROCESS = (
    "processInstanceId",
    "processDefinitionId",
    "executionId",
    "taskDefinitionKey",
    "formKey",
    "camundaFormRef",
)


def created(api: Api, **fields: Any) -> str:
    task_id = ids.new_id()
    api.post("/task/create", {"id": task_id, **fields}).ok()
    return task_id


@pytest.fixture
def task(api: Api) -> str:
    return created(api, name="Call back", assignee="ada")


@pytest.fixture
def process_task(api: Api) -> dict[str, Any]:
    api.deploy(user_task_process("human")).ok()
    instance = api.start("human")
    found: dict[str, Any] = api.get(f"/task?processInstanceId={instance['id']}").ok()[0]
    return found


def history_of(api: Api, task_id: str) -> dict[str, Any]:
    [found] = api.get(f"/history/task?taskId={task_id}").ok()
    return dict(found)


# -- making, changing, deleting ---------------------------------------------------------------------------------------


def test_a_task_has_what_it_was_made_with(api: Api) -> None:
    fields = {
        "name": "N", "description": "D", "assignee": "jo", "owner": "ow", "delegationState": "PENDING", "due": FUTURE,
        "followUp": FUTURE, "priority": 7,
    }  # fmt: skip
    task_id = created(api, **fields)
    found = api.get(f"/task/{task_id}").ok()
    assert {name: found[name] for name in fields} == fields
    assert [found[name] for name in OF_A_PROCESS] == [None] * len(OF_A_PROCESS)
    assert (found["taskState"], found["lastUpdated"], found["suspended"]) == ("Created", None, False)
    told = history_of(api, task_id)
    assert (told["name"], told["endTime"], told["processInstanceId"], told["taskState"]) == ("N", None, None, "Created")


def test_a_task_needs_no_field_at_all(api: Api) -> None:
    api.post("/task/create", {}).ok()
    [found] = api.get("/task").ok()
    assert (found["name"], found["priority"], found["assignee"]) == (None, 0, None)
    assert uuid.UUID(found["id"]).version == 7


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "mine"},
        {"parentTaskId": "nope"},
        {"parentTaskId": "018f0000-0000-7000-8000-000000000000"},
        {"delegationState": "FOO"},
        {"delegationState": ""},
        {"priority": "x"},
        {"priority": 2**31},
        {"due": "soon"},
        {"name": "n" * 4_001},
        {"name": "nu\0l"},
        {"assignee": "a" * 256},
        {"caseInstanceId": "c"},
        {"tenantId": "t" * 256},
    ],
)
def test_what_cannot_be_made(api: Api, fields: dict[str, Any]) -> None:
    api.post("/task/create", fields).refused(400)
    assert api.get("/task/count").ok() == {"count": 0}


def test_an_id_is_used_once(api: Api, task: str, process_task: dict[str, Any]) -> None:
    for taken in (task, process_task["id"]):
        assert taken in api.post("/task/create", {"id": taken}).refused(400)
    api.post(f"/task/{task}/complete").ok()
    api.post("/task/create", {"id": task}).refused(400)


def test_changing_it_empties_what_is_left_out(api: Api, task: str) -> None:
    api.put(f"/task/{task}", {"description": "D", "delegationState": "resolved"}).ok()
    found = api.get(f"/task/{task}").ok()
    assert (found["name"], found["description"], found["assignee"]) == (None, "D", None)
    assert (found["delegationState"], found["taskState"]) == ("RESOLVED", "Updated")
    assert found["lastUpdated"] is not None
    api.put(f"/task/{task}", {"tenantId": "other"}).refused(400)
    api.put(f"/task/{task}", {"caseInstanceId": "case"}).refused(400)


def test_only_a_standalone_task_can_be_deleted(api: Api, task: str, process_task: dict[str, Any]) -> None:
    api.put(f"/task/{task}/variables/v", {"value": 1}).ok()
    api.post(f"/task/{task}/identity-links", {"groupId": "g", "type": "candidate"}).ok()
    api.delete(f"/task/{task}").ok()
    api.get(f"/task/{task}").refused(404)
    api.delete(f"/task/{task}").refused(404)
    told = history_of(api, task)
    assert (told["deleteReason"], told["taskState"]) == ("deleted", "Deleted")
    assert not models.Variable.objects.exists()
    assert not models.IdentityLink.objects.exists()
    message = api.delete(f"/task/{process_task['id']}").refused(400)
    assert message == f"The task {process_task['id']} cannot be deleted because is part of a running process"


# -- working on it ----------------------------------------------------------------------------------------------------


def test_people_take_give_and_complete_it(api: Api) -> None:
    task_id = created(api)
    path = f"/task/{task_id}"
    api.post(f"{path}/claim", {"userId": "bob"}).ok()
    api.post(f"{path}/claim", {"userId": "eve"}).refused(400)
    api.post(f"{path}/unclaim").ok()
    api.post(f"{path}/assignee", {"userId": "ann"}).ok()
    api.post(f"{path}/delegate", {"userId": "bob"}).ok()
    found = api.get(path).ok()
    assert (found["assignee"], found["owner"], found["delegationState"]) == ("bob", "ann", "PENDING")
    api.post(f"{path}/resolve", {"variables": {"done": {"value": True}}}).ok()
    assert api.get(path).ok()["assignee"] == "ann"
    assert api.get(f"{path}/variables/done").ok()["value"] is True
    api.post(f"{path}/complete", {"variables": {"result": {"value": 5}}}).ok()
    api.get(path).refused(404)
    told = history_of(api, task_id)
    assert (told["deleteReason"], told["taskState"], told["assignee"]) == ("completed", "Completed", "ann")
    kept = {row["name"]: row["value"] for row in api.get(f"/history/variable-instance?taskIdIn={task_id}").ok()}
    assert kept == {"done": True, "result": 5}
    people = api.get(f"/history/identity-link-log?taskId={task_id}&sortBy=time&sortOrder=asc").ok()
    assert [(row["operationType"], row["userId"]) for row in people if row["type"] == "assignee"][:3] == [
        ("add", "bob"), ("delete", "bob"), ("add", "ann"),
    ]  # fmt: skip


def test_completing_can_answer_with_what_the_task_held(api: Api, task: str) -> None:
    api.put(f"/task/{task}/variables/a", {"value": 1}).ok()
    body = {"variables": {"b": {"value": 2}}, "withVariablesInReturn": True}
    answer = api.post(f"/task/{task}/complete", body).ok()
    assert {name: value["value"] for name, value in answer.items()} == {"a": 1, "b": 2}


def test_errors_and_escalations_have_nowhere_to_go(api: Api, task: str) -> None:
    for what, body in (("bpmnError", {"errorCode": "x"}), ("bpmnEscalation", {"escalationCode": "x"})):
        assert "belongs to no process" in api.post(f"/task/{task}/{what}", body).refused(400)
    assert api.get(f"/task/{task}").ok()["taskState"] == "Created"


def test_all_its_variables_are_its_own(api: Api, task: str) -> None:
    api.put(f"/task/{task}/variables/a", {"value": 1}).ok()
    api.put(f"/task/{task}/localVariables/b", {"value": "x"}).ok()
    held = api.get(f"/task/{task}/variables").ok()
    assert held == api.get(f"/task/{task}/localVariables").ok()
    assert {name: value["value"] for name, value in held.items()} == {"a": 1, "b": "x"}
    api.post(f"/task/{task}/variables", {"modifications": {"a": {"value": 2}}, "deletions": ["b", "c"]}).ok()
    [row] = api.get(f"/variable-instance?taskIdIn={task}").ok()
    assert (row["name"], row["value"], row["processInstanceId"], row["executionId"]) == ("a", 2, None, None)
    assert api.get(f"/variable-instance/{row['id']}").ok()["value"] == 2
    assert api.get("/task/count?taskVariables=a_eq_2").ok() == {"count": 0}  # a number is no text
    body = {"taskVariables": [{"name": "a", "operator": "eq", "value": 2}]}
    assert [found["id"] for found in api.post("/task", body).ok()] == [task]
    assert api.post("/task", {"processVariables": body["taskVariables"]}).ok() == []
    shown = api.get(f"/task?taskId={task}&withTaskVariablesInReturn=true").ok()[0]["variables"]
    assert shown["a"]["value"] == 2
    updates = api.get(f"/history/detail?taskId={task}&sortBy=time&sortOrder=asc").ok()
    assert [(row["variableName"], row["revision"]) for row in updates] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_its_form_is_the_generic_one(api: Api, task: str) -> None:
    api.put(f"/task/{task}/variables/a", {"value": 1}).ok()
    assert api.get(f"/task/{task}/form").ok() == {"key": None, "camundaFormRef": None, "contextPath": None}
    assert api.get(f"/task/{task}/form-variables").ok()["a"]["value"] == 1
    api.get(f"/task/{task}/rendered-form").refused(404)
    api.get(f"/task/{task}/deployed-form").refused(400)
    api.post(f"/task/{task}/delegate", {"userId": "bob"}).ok()
    api.post(f"/task/{task}/submit-form", {"variables": {"text": {"value": "sent"}}}).ok()
    assert api.get(f"/task/{task}").ok()["delegationState"] == "RESOLVED"
    api.post(f"/task/{task}/submit-form", {"variables": {"b": {"value": 2}}}).ok()
    kept = {row["name"]: row["value"] for row in api.get(f"/history/variable-instance?taskIdIn={task}").ok()}
    assert kept == {"a": 1, "text": "sent", "b": 2}
    [field] = api.get(f"/history/detail?taskId={task}&formFields=true").ok()
    assert (field["fieldId"], field["fieldValue"], field["processInstanceId"]) == ("text", "sent", None)


def test_people_groups_comments_and_attachments(api: Api, task: str) -> None:
    path = f"/task/{task}"
    api.post(f"{path}/identity-links", {"groupId": "g", "type": "candidate"}).ok()
    links = api.get(f"{path}/identity-links").ok()
    assert {"userId": None, "groupId": "g", "type": "candidate"} in links
    assert {"userId": "ada", "groupId": None, "type": "assignee"} in links
    assert {"groupName": "g", "taskCount": 1} in api.get("/task/report/candidate-group-count").ok()
    api.post(f"{path}/identity-links/delete", {"groupId": "g", "type": "candidate"}).ok()
    comment = api.post(f"{path}/comment/create", {"message": "Hello"}).ok()
    assert (comment["processInstanceId"], comment["removalTime"]) == (None, None)
    api.post(f"{path}/comment/create", {"message": "Hello", "processInstanceId": ids.new_id()}).refused(400)
    assert [row["message"] for row in api.get(f"{path}/comment").ok()] == ["Hello"]
    attached = api.form(f"{path}/attachment/create", {"attachment-name": "a", "url": "https://example.org"}).ok()
    assert api.get(f"{path}/attachment/{attached['id']}").ok()["name"] == "a"
    [shown] = api.get(f"/task?taskId={task}&withCommentAttachmentInfo=true").ok()
    assert (shown["comment"], shown["attachment"]) == (True, True)
    api.post(f"{path}/complete").ok()
    assert len(api.get(f"{path}/comment").ok()) == len(api.get(f"{path}/attachment").ok()) == 1


def test_lists_and_reports_know_it(api: Api, task: str, process_task: dict[str, Any]) -> None:
    assert api.get("/task/count").ok() == {"count": 2}
    for wanted in ("assignee=ada", "nameLike=Call%25", "assigned=true", f"taskId={task}", "maxPriority=0"):
        assert [row["id"] for row in api.get(f"/task?{wanted}").ok()] == [task], wanted
    for other in (
        "processDefinitionKey=human",
        "taskDefinitionKeyLike=%25",
        f"executionId={process_task['executionId']}",
    ):
        assert [row["id"] for row in api.get(f"/task?{other}").ok()] == [process_task["id"]], other
    for sorting in ("instanceId", "executionId", "created", "name"):
        assert len(api.get(f"/task?sortBy={sorting}&sortOrder=asc").ok()) == 2
    api.post(f"/task/{task}/complete").ok()
    assert [row["id"] for row in api.get("/history/task?finished=true").ok()] == [task]
    for of_processes in ("processFinished=true", "processUnfinished=true&finished=true"):
        assert api.get(f"/history/task?{of_processes}").ok() == []
    for grouping in ("taskName", "processDefinition"):
        assert api.get(f"/history/task/report?reportType=count&groupBy={grouping}").ok() == []
    assert len(api.get("/history/task/report?reportType=duration&periodUnit=month").ok()) == 1


def test_the_log_tells_who_did_it(api: Api, task: str) -> None:
    api.put(f"/task/{task}/variables/v", {"value": 1}).ok()
    api.put(f"/task/{task}", {"due": FUTURE}).ok()
    api.delete(f"/task/{task}").ok()
    rows = api.get(f"/history/user-operation?taskId={task}&sortBy=timestamp&sortOrder=asc").ok()
    told = [(row["operationType"], row["entityType"], row["property"]) for row in rows]
    assert told[0][:2] == ("Create", "Task")
    assert ("SetVariable", "Variable", "name") in told
    assert ("Update", "Task", "dueDate") in told
    assert told[-1] == ("Delete", "Task", "delete")
    assert {row["userId"] for row in rows} == {"root"}


# -- sub tasks --------------------------------------------------------------------------------------------------------


def test_sub_tasks_end_with_their_parent(api: Api, task: str) -> None:
    sub, other = created(api, parentTaskId=task), created(api)
    below = created(api, parentTaskId=sub)
    assert [row["id"] for row in api.get(f"/task?parentTaskId={task}").ok()] == [sub]
    api.post(f"/task/{task}/complete").ok()
    assert [row["id"] for row in api.get("/task").ok()] == [other]
    assert [history_of(api, one)["deleteReason"] for one in (sub, below)] == ["completed"] * 2
    assert len(api.get(f"/history/task?taskParentTaskId={task}").ok()) == 1


@pytest.mark.parametrize("end", ["complete", "delete"])
def test_sub_tasks_of_a_process_end_with_its_task(api: Api, process_task: dict[str, Any], end: str) -> None:
    sub = created(api, parentTaskId=process_task["id"])
    below = created(api, parentTaskId=sub)
    api.put(f"/task/{sub}/variables/v", {"value": 1}).ok()
    assert ids.partition_of(below) is not None
    if end == "complete":
        api.post(f"/task/{process_task['id']}/complete").ok()
    else:
        api.delete(f"/process-instance/{process_task['processInstanceId']}").ok()
    assert api.get("/task/count").ok() == {"count": 0}
    assert all(history_of(api, one)["endTime"] is not None for one in (sub, below))
    assert not models.Variable.objects.exists()


def test_a_sub_task_gets_another_parent(api: Api, task: str, process_task: dict[str, Any]) -> None:
    sub, other = created(api, parentTaskId=task), created(api)
    api.put(f"/task/{sub}", {"parentTaskId": other}).ok()
    assert api.get(f"/task/{sub}").ok()["parentTaskId"] == other
    api.put(f"/task/{sub}", {"parentTaskId": "nope"}).refused(400)
    assert "part of it" in api.put(f"/task/{other}", {"parentTaskId": sub}).refused(400)
    api.put(f"/task/{sub}", {"parentTaskId": sub}).refused(400)
    assert "running process" in api.put(f"/task/{process_task['id']}", {"parentTaskId": task}).refused(400)
    api.delete(f"/task/{task}").ok()
    api.get(f"/task/{sub}").ok()
    api.put(f"/task/{sub}", {}).ok()
    api.delete(f"/task/{other}").ok()
    assert api.get(f"/task/{sub}").ok()["parentTaskId"] is None


def test_a_suspended_task_gets_no_sub_task(api: Api, process_task: dict[str, Any]) -> None:
    api.put(f"/process-instance/{process_task['processInstanceId']}/suspended", {"suspended": True}).ok()
    api.post("/task/create", {"parentTaskId": process_task["id"]}).refused(409)


# -- tenants and permissions ------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(db: None) -> Api:
    """May do everything with tasks, and belongs to the tenant "mine"."""
    from django.contrib.auth.models import Permission

    user = get_user_model().objects.create_user("clerk", password="secret")
    names = ("view_usertask", "assign_user_task", "complete_user_task", "set_variables", "view_historictaskinstance")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    tenant = models.Tenant.objects.create(id="mine", name="Mine")
    tenant.users.add(user)
    return Api(basic("clerk", "secret"))


def test_tenants_keep_their_tasks_to_themselves(api: Api, clerk: Api) -> None:
    mine, theirs = created(clerk, tenantId="mine"), created(api, tenantId="theirs")
    assert api.get(f"/task/{mine}").ok()["tenantId"] == "mine"
    assert [row["id"] for row in clerk.get("/task").ok()] == [mine]
    clerk.post("/task/create", {"tenantId": "theirs"}).refused(403)
    for refused in (
        clerk.get(f"/task/{theirs}"),
        clerk.delete(f"/task/{theirs}"),
        clerk.post(f"/task/{theirs}/complete"),
    ):
        refused.refused(404)
    unknown = clerk.post("/task/create", {"parentTaskId": ids.new_id()}).refused(400)
    hidden = clerk.post("/task/create", {"parentTaskId": theirs}).refused(400)
    assert hidden.replace(theirs, "") == unknown.replace(unknown.split("'")[1], "")
    clerk.put(f"/task/{mine}", {"parentTaskId": theirs}).refused(400)
    clerk.put(f"/task/{mine}/variables/v", {"value": 1}).ok()
    clerk.post(f"/task/{mine}/complete").ok()
    assert [row["id"] for row in clerk.get("/history/task").ok()] == [mine]


def test_who_holds_single_definitions_sees_no_standalone_task(
    api: Api, task: str, process_task: dict[str, Any]
) -> None:
    get_user_model().objects.create_user("some", password="secret")
    permissions = ["READ_TASK", "UPDATE_TASK", "TASK_ASSIGN", "UPDATE_TASK_VARIABLE", "READ_TASK_VARIABLE"]
    api.post(
        "/authorization/create",
        {"type": 1, "userId": "some", "resourceType": 6, "resourceId": "human", "permissions": permissions},
    ).ok()
    some = Api(basic("some", "secret"))
    assert [row["id"] for row in some.get("/task").ok()] == [process_task["id"]]
    some.get(f"/task/{task}").refused(404)
    some.delete(f"/task/{task}").refused(404)
    some.get(f"/task/{task}/variables").refused(404)
    some.post(f"/task/{task}/complete").refused(404)
    some.post("/task/create", {}).refused(403)


# -- how long history is kept -----------------------------------------------------------------------------------------


def test_its_history_goes_when_its_time_is_over(api: Api, settings: Any, task: str) -> None:
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "HISTORY_TIME_TO_LIVE": 5}
    running = created(api, name="Stays")
    api.put(f"/task/{task}/variables/v", {"value": 1}).ok()
    api.post(f"/task/{task}/comment/create", {"message": "Hello"}).ok()
    api.form(f"/task/{task}/attachment/create", {"url": "https://example.org"}).ok()
    api.post(f"/task/{task}/complete").ok()
    told = models.HistoricTaskInstance.objects.get(pk=task)
    assert told.removal_time == told.end_time + timedelta(days=5)
    assert history_of(api, task)["removalTime"] is not None
    assert remove_tasks(told.removal_time - timedelta(seconds=1), 10, "default") == (0, False)
    assert remove_tasks(told.removal_time, 10, "default") == (1, False)
    assert [str(row.pk) for row in models.HistoricTaskInstance.objects.all()] == [running]
    kinds = (models.HistoricVariableInstance, models.HistoricDetail, models.Comment, models.Attachment)
    for kind in kinds:
        assert not kind.objects.exists(), kind
    for kind in (models.HistoricIdentityLink, models.UserOperationLog):
        assert not kind.objects.filter(task_id=task).exists(), kind
