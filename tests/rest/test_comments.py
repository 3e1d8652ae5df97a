"""Comments of tasks and process instances over HTTP."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from tests.rest.conftest import Api, basic, user_task_process
from workflow_engine.models import Comment

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy(user_task_process("human")).ok()
    instance = api.start("human")
    [row] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    found: dict[str, Any] = row
    return found


def test_writing_and_reading(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/comment"
    assert api.get(path).ok() == []
    created = api.post(f"{path}/create", {"message": "first", "userId": "somebody else"}).ok()
    assert (created["message"], created["userId"], created["taskId"]) == ("first", "root", task["id"])
    assert created["processInstanceId"] is None
    assert created["rootProcessInstanceId"] == task["processInstanceId"]
    [link] = created["links"]
    assert (link["method"], link["rel"]) == ("GET", "self")
    assert link["href"].endswith(f"/engine-rest{path}/{created['id']}")
    api.post(f"{path}/create", {"message": ""}).ok()
    assert [row["message"] for row in api.get(path).ok()] == ["", "first"]
    assert api.get(f"{path}/{created['id']}").ok() == {**created, "links": []}
    changed = api.get(f"/task/{task['id']}").ok()
    assert changed["taskState"] == "Updated"
    assert changed["lastUpdated"] is not None


def test_changing_and_deleting(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/comment"
    first, second = (api.post(f"{path}/create", {"message": message}).ok()["id"] for message in ("a", "b"))
    api.put(path, {"id": first, "message": "c"}).ok()
    assert [row["message"] for row in api.get(path).ok()] == ["c", "b"]
    api.delete(f"{path}/{second}").ok()
    api.delete(f"{path}/{second}").ok()
    assert [row["id"] for row in api.get(path).ok()] == [first]
    api.delete(path).ok()
    assert api.get(path).ok() == []


def test_of_the_process_instance(api: Api, task: dict[str, Any]) -> None:
    path, instance_path = f"/task/{task['id']}/comment", f"/process-instance/{task['processInstanceId']}/comment"
    instance_id = task["processInstanceId"]
    own = api.post(f"{path}/create", {"message": "of the task"}).ok()
    shared = api.post(f"{path}/create", {"message": "of both", "processInstanceId": instance_id}).ok()
    assert shared["processInstanceId"] == instance_id
    assert [row["id"] for row in api.get(instance_path).ok()] == [shared["id"]]
    assert own["id"] in api.put(instance_path, {"id": own["id"], "message": "x"}).refused(400)
    api.put(instance_path, {"id": shared["id"], "message": "changed"}).ok()
    assert [row["message"] for row in api.get(instance_path).ok()] == ["changed"]
    api.delete(f"{instance_path}/{own['id']}").ok()
    assert len(api.get(path).ok()) == 2
    api.delete(f"{instance_path}/{shared['id']}").ok()
    assert api.get(instance_path).ok() == []
    api.post(f"{path}/create", {"message": "again", "processInstanceId": instance_id}).ok()
    api.delete(instance_path).ok()
    assert [row["id"] for row in api.get(path).ok()] == [own["id"]]


def test_mistakes(api: Api, task: dict[str, Any]) -> None:
    path, instance_path = f"/task/{task['id']}/comment", f"/process-instance/{task['processInstanceId']}/comment"
    assert api.post(f"{path}/create").refused(400) == "Not enough parameters submitted"
    assert api.post(f"/task/{UNKNOWN}/comment/create", {"message": "x"}).refused(400)
    api.post(f"{path}/create", {"message": 5 * ["x"]}).refused(400)
    api.post(f"{path}/create", {"message": "x" * 70_000}).refused(400)
    api.post(f"{path}/create", {"message": "x", "processInstanceId": UNKNOWN}).refused(400)
    assert api.put(path, {"message": "x"}).refused(400) == "commentId is null"
    assert api.put(path, {"id": UNKNOWN}).refused(400) == "message is null"
    for place in (path, instance_path):
        assert UNKNOWN in api.put(place, {"id": UNKNOWN, "message": "x"}).refused(400)
        api.put(place, {"id": "no id", "message": "x"}).refused(400)
    api.get(f"{path}/{UNKNOWN}").refused(404)
    for place in (f"/task/{UNKNOWN}/comment", "/task/nope/comment", "/process-instance/nope/comment"):
        api.get(place).refused(404)
        api.put(place, {"id": UNKNOWN, "message": "x"}).refused(404)
        api.delete(place).refused(404)
        api.delete(f"{place}/{UNKNOWN}").refused(404)
    assert not Comment.objects.exists()


def test_of_another_task(api: Api, task: dict[str, Any]) -> None:
    instance = api.start("human")
    [other] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    comment = api.post(f"/task/{task['id']}/comment/create", {"message": "x"}).ok()
    api.get(f"/task/{other['id']}/comment/{comment['id']}").refused(404)
    api.put(f"/task/{other['id']}/comment", {"id": comment["id"], "message": "y"}).refused(400)
    api.delete(f"/task/{other['id']}/comment/{comment['id']}").ok()
    assert api.get(f"/task/{task['id']}/comment/{comment['id']}").ok()["message"] == "x"


def test_after_the_end(api: Api, task: dict[str, Any]) -> None:
    path, instance_path = f"/task/{task['id']}/comment", f"/process-instance/{task['processInstanceId']}/comment"
    body = {"message": "x", "processInstanceId": task["processInstanceId"]}
    comment = api.post(f"{path}/create", body).ok()
    api.post(f"/task/{task['id']}/complete").ok()
    [kept] = api.get(path).ok()
    assert kept["removalTime"] is not None
    assert api.get(instance_path).ok() == [kept]
    api.post(f"{path}/create", {"message": "late"}).ok()
    for place in (path, instance_path):
        api.put(place, {"id": comment["id"], "message": "y"}).refused(400)
        api.delete(place).refused(400)
        api.delete(f"{place}/{comment['id']}").refused(400)
    assert len(api.get(path).ok()) == 2
    api.delete(f"/history/process-instance/{task['processInstanceId']}").ok()
    api.get(path).refused(404)
    assert not Comment.objects.exists()


def test_the_user_operation_log(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/comment"
    comment = api.post(f"{path}/create", {"message": "before\n  it"}).ok()["id"]
    api.put(path, {"id": comment, "message": "after " + "x" * 200}).ok()
    api.delete(f"{path}/{comment}").ok()
    address = f"/history/user-operation?taskId={task['id']}&entityType=Comment&sortBy=timestamp&sortOrder=asc"
    update, delete = api.get(address).ok()
    assert (update["operationType"], update["property"], update["orgValue"]) == (
        "UpdateComment",
        "comment",
        "before it",
    )
    assert (len(update["newValue"]), update["newValue"][-3:]) == (163, "...")
    assert (update["category"], update["processInstanceId"]) == ("TaskWorker", task["processInstanceId"])
    assert delete["operationType"] == "DeleteComment"


def test_who_may(api: Api, task: dict[str, Any]) -> None:
    user = get_user_model().objects.create_user("kermit", password="secret")
    user.user_permissions.add(Permission.objects.get(codename="view_comment"))
    kermit, path = Api(basic("kermit", "secret")), f"/task/{task['id']}/comment"
    assert kermit.get(path).ok() == []
    assert "write_comment" in kermit.post(f"{path}/create", {"message": "x"}).refused(403)
    Api().get(path).refused(401)


def test_who_may_after_the_end(api: Api, task: dict[str, Any]) -> None:
    user = get_user_model().objects.create_user("kermit", password="secret")
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_comment", "write_comment")))
    kermit = Api(basic("kermit", "secret"))
    api.post(f"/task/{task['id']}/complete").ok()
    body = {"message": "late", "processInstanceId": task["processInstanceId"]}
    written = kermit.post(f"/task/{task['id']}/comment/create", body).ok()
    assert written["userId"] == "kermit"
    for place in (f"/task/{task['id']}", f"/process-instance/{task['processInstanceId']}"):
        assert [row["id"] for row in kermit.get(f"{place}/comment").ok()] == [written["id"]]


def test_without_history(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "HISTORY_LEVEL": "none"}
    api.deploy(user_task_process("human")).ok()
    instance = api.start("human")
    [task] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    assert api.get(f"/task/{task['id']}/comment").ok() == []
    assert "HISTORY_LEVEL" in api.post(f"/task/{task['id']}/comment/create", {"message": "x"}).refused(403)


def test_whether_there_are_any(api: Api, task: dict[str, Any]) -> None:
    address = f"/task?processInstanceId={task['processInstanceId']}&withCommentAttachmentInfo=true"
    [before] = api.get(address).ok()
    assert (before["comment"], before["attachment"]) == (False, False)
    api.post(f"/task/{task['id']}/comment/create", {"message": "x"}).ok()
    [after] = api.get(address).ok()
    assert (after["comment"], after["attachment"]) == (True, False)
    one = api.get(f"/task/{task['id']}?withCommentAttachmentInfo=true").ok()
    assert (one["comment"], one["attachment"]) == (True, False)
    assert "comment" not in api.get(f"/task/{task['id']}").ok()
