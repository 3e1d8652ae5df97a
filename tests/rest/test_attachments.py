"""Attachments of tasks over HTTP."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.rest.conftest import Api, user_task_process
from workflow_engine.models import Attachment

UNKNOWN = "0a1fc6b5-9ca0-7027-8428-b2faabed73e0"


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy(user_task_process("human")).ok()
    instance = api.start("human")
    [row] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    found: dict[str, Any] = row
    return found


def create(api: Api, task: dict[str, Any], **fields: Any) -> Any:
    return api.form(f"/task/{task['id']}/attachment/create", fields)


def test_an_address(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/attachment"
    assert api.get(path).ok() == []
    fields = {"attachment-name": "n", "attachment-description": "d", "attachment-type": "t", "url": "http://x/y"}
    created = create(api, task, **fields).ok()
    shown = {name: created[name] for name in ("name", "description", "type", "url", "taskId", "removalTime")}
    assert shown == {
        "name": "n", "description": "d", "type": "t", "url": "http://x/y", "taskId": task["id"], "removalTime": None,
    }  # fmt: skip
    assert created["links"][0]["href"].endswith(f"{path}/{created['id']}")
    assert api.get(path).ok() == [{**created, "links": []}]
    assert api.get(f"{path}/{created['id']}").ok() == {**created, "links": []}
    api.get(f"{path}/{created['id']}/data").refused(404)
    assert api.get(f"/task/{task['id']}").ok()["taskState"] == "Updated"
    [row] = api.get(f"/task?taskId={task['id']}&withCommentAttachmentInfo=true").ok()
    assert (row["comment"], row["attachment"]) == (False, True)


def test_a_file(api: Api, task: dict[str, Any]) -> None:
    file = SimpleUploadedFile("x.html", b"\0<script>", content_type="text/html")
    created = create(api, task, content=file, url="http://is/not/kept", **{"attachment-name": "a.html"}).ok()
    assert (created["url"], created["name"], created["description"]) == (None, "a.html", None)
    data = api.get(f"/task/{task['id']}/attachment/{created['id']}/data")
    assert data.content == b"\0<script>"
    assert data.headers["Content-Type"] == "application/octet-stream"
    assert data.headers["Content-Disposition"].startswith("attachment")
    plain = create(api, task, content="a field is content too").ok()
    assert api.get(f"/task/{task['id']}/attachment/{plain['id']}/data").content == b"a field is content too"


def test_mistakes(api: Api, task: dict[str, Any], settings: Any) -> None:
    path = f"/task/{task['id']}/attachment"
    assert "No content or url" in create(api, task, **{"attachment-name": "n"}).refused(400)
    create(api, task, url="x" * 5_000).refused(400)
    create(api, task, url="x", **{"attachment-name": "n" * 256}).refused(400)
    create(api, task, url="x\0").refused(400)
    api.post(f"{path}/create", {"url": "x"}).refused(415)
    api.form(f"/task/{UNKNOWN}/attachment/create", {"url": "x"}).refused(400)
    settings.WORKFLOW_ENGINE = {"REST": {"max_attachment_bytes": 10}}
    create(api, task, content=SimpleUploadedFile("f", b"x" * 11)).refused(413)
    create(api, task, content=SimpleUploadedFile("f", b"x" * 100_000)).refused(413)
    create(api, task, content=SimpleUploadedFile("f", b"x" * 10)).ok()
    for place in (f"{path}/{UNKNOWN}", f"{path}/nope", f"/task/nope/attachment/{UNKNOWN}"):
        api.get(place).refused(404)
        api.get(f"{place}/data").refused(404)
        api.delete(place).refused(404)
    api.get("/task/nope/attachment").refused(404)


def test_after_the_end(api: Api, task: dict[str, Any]) -> None:
    path = f"/task/{task['id']}/attachment"
    first = create(api, task, url="http://x").ok()
    api.post(f"/task/{task['id']}/complete").ok()
    [kept] = api.get(path).ok()
    assert kept["removalTime"] is not None
    late = create(api, task, url="http://y").ok()
    api.delete(f"{path}/{first['id']}").ok()
    assert [row["id"] for row in api.get(path).ok()] == [late["id"]]
    api.delete(f"/history/process-instance/{task['processInstanceId']}").ok()
    assert not Attachment.objects.exists()


def test_the_user_operation_log(api: Api, task: dict[str, Any]) -> None:
    created = create(api, task, url="http://x", **{"attachment-name": "n"}).ok()
    api.delete(f"/task/{task['id']}/attachment/{created['id']}").ok()
    address = f"/history/user-operation?taskId={task['id']}&entityType=Attachment&sortBy=timestamp&sortOrder=asc"
    log = [(row["operationType"], row["property"], row["newValue"]) for row in api.get(address).ok()]
    assert log == [("AddAttachment", "name", "n"), ("DeleteAttachment", "name", "n")]
