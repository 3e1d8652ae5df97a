"""/process-instance/{id}/variables with the id of an execution that is no process instance, as the stock Java client asks."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.rest.conftest import Api, basic, process


@pytest.fixture
def scopes(api: Api) -> tuple[str, str]:
    """An instance and the execution of its sub-process."""
    inside = '<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="g" sourceRef="s" targetRef="u"/><bpmn:userTask id="u"/>'
    api.deploy(
        process(
            "scopes",
            f"""<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="sub"/>
            <bpmn:subProcess id="sub">{inside}</bpmn:subProcess>""",
        )
    ).ok()
    instance = api.start("scopes", variables={"outer": {"value": 1}, "both": {"value": "outside"}})["id"]
    [execution, *_] = sorted(
        {row["id"] for row in api.get(f"/execution?processInstanceId={instance}").ok()} - {instance}
    )
    api.put(f"/execution/{execution}/localVariables/both", {"value": "inside"}).ok()
    return str(instance), str(execution)


def shown(api: Api, path: str) -> dict[str, Any]:
    return {name: row["value"] for name, row in api.get(path).ok().items()}


def test_reads_from_the_execution_outwards(api: Api, scopes: tuple[str, str]) -> None:
    instance, execution = scopes
    assert shown(api, f"/process-instance/{execution}/variables") == {"outer": 1, "both": "inside"}
    assert shown(api, f"/process-instance/{instance}/variables") == {"outer": 1, "both": "outside"}
    assert api.get(f"/process-instance/{execution}/variables/outer").ok()["value"] == 1
    assert "nope" in api.get(f"/process-instance/{execution}/variables/nope").refused(404)
    api.get(f"/process-instance/{execution}").refused(404)


def test_changes_the_nearest_scope_that_has_the_name(api: Api, scopes: tuple[str, str]) -> None:
    instance, execution = scopes
    path = f"/process-instance/{execution}/variables"
    api.post(path, {"modifications": {"outer": {"value": 2}, "both": {"value": "changed"}, "new": {"value": 3}}}).ok()
    assert shown(api, f"/process-instance/{instance}/variables") == {"outer": 2, "both": "outside", "new": 3}
    assert shown(api, f"/execution/{execution}/localVariables") == {"both": "changed"}
    api.delete(f"{path}/both").ok()
    assert shown(api, f"/execution/{execution}/localVariables") == {}
    assert shown(api, f"/process-instance/{instance}/variables")["both"] == "outside"


def test_files(api: Api, scopes: tuple[str, str]) -> None:
    _, execution = scopes
    path = f"/process-instance/{execution}/variables/f/data"
    file = SimpleUploadedFile("a.txt", b"content", content_type="text/plain")
    api.form(path, {"data": file, "valueType": "File"}).ok()
    assert api.get(path).content == b"content"


def test_of_what_one_may_not_see(api: Api, scopes: tuple[str, str]) -> None:
    """Only of granted definitions, whichever of the ids is asked for."""
    _, execution = scopes
    user = get_user_model().objects.create_user("clerk", password="secret")
    clerk = Api(basic("clerk", "secret"))
    clerk.get(f"/process-instance/{execution}/variables").refused(403)
    granted = {"type": 1, "permissions": ["READ", "READ_INSTANCE_VARIABLE"], "userId": "clerk", "resourceType": 6}
    api.post("/authorization/create", {**granted, "resourceId": "another"}).ok()
    clerk.get(f"/process-instance/{execution}/variables").refused(404)
    user.user_permissions.add(*Permission.objects.filter(codename="view_variables"))
    clerk.get(f"/process-instance/{execution}/variables").ok()
