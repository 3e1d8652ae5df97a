"""The deploy button of the Camunda Modeler 5 for Camunda 7: its requests, part for part, and what it reads of the answers."""

import json
from typing import Any

import pytest

from tests.rest.conftest import Answer, Api, basic, user_task_process

BOUNDARY = "----WebKitFormBoundaryq7Zk2mX9aB3cD4eF"
FORM = b'{"components": [], "type": "default", "id": "Form_1", "schemaVersion": 4}'
# By these words the Modeler knows that the diagram is at fault; otherwise it asks for the engine's address.
BROKEN_DIAGRAM = "ENGINE-09005 Could not parse BPMN process."


def part(name: str, content: bytes, file_type: str | None = None) -> bytes:
    """As Chromium's FormData writes it; the Modeler names the part of a file after the file."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if file_type is not None:
        head += f'; filename="{name}"\r\nContent-Type: {file_type}'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def press_deploy(
    api: Api, diagram: str, *, tenant_id: str = "", attachments: dict[str, bytes] | None = None, name: str = "order"
) -> Answer:
    parts = [
        part("deployment-name", name.encode()),
        part("deployment-source", b"Camunda Modeler"),
        part("enable-duplicate-filtering", b"true"),
        *([part("tenant-id", tenant_id.encode())] if tenant_id else []),
        part(f"{name}.bpmn", diagram.encode(), "text/xml"),
        *(part(file, content, "application/octet-stream") for file, content in (attachments or {}).items()),
        f"--{BOUNDARY}--\r\n".encode(),
    ]
    return api.call(
        "POST",
        "/deployment/create",
        b"".join(parts),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        headers={"accept": "application/json"},
    )


def test_connection_check(api: Api, anonymous: Api) -> None:
    assert api.get("/deployment?maxResults=0", headers={"accept": "application/json"}).ok() == []
    assert api.get("/version", headers={"accept": "application/json"}).ok()["version"].startswith("7.")
    # "Credentials do not match with the server."
    anonymous.get("/deployment?maxResults=0").refused(401)
    Api(basic("root", "wrong")).get("/deployment?maxResults=0").refused(401)


def test_deploys_and_starts(api: Api) -> None:
    answer = press_deploy(api, user_task_process("order")).ok()
    [definition] = answer["deployedProcessDefinitions"].values()
    assert (definition["key"], definition["version"], definition["resource"]) == ("order", 1, "order.bpmn")
    assert answer["deployedProcessDefinitions"] == {definition["id"]: definition}
    [deployment] = api.get("/deployment?source=Camunda%20Modeler").ok()
    assert (deployment["id"], deployment["name"]) == (answer["id"], "order")
    started = api.post(f"/process-definition/{definition['id']}/start", {"businessKey": "default"}).ok()
    assert started["definitionId"] == definition["id"]


def test_pressed_twice(api: Api) -> None:
    first = press_deploy(api, user_task_process("order")).ok()
    again = press_deploy(api, user_task_process("order")).ok()
    # The Modeler takes null for "nothing new".
    assert (again["id"], again["deployedProcessDefinitions"]) == (first["id"], None)
    changed = press_deploy(api, user_task_process("order", 'camunda:assignee="mary"')).ok()
    assert [one["version"] for one in changed["deployedProcessDefinitions"].values()] == [2]


def test_tenant_and_additional_files(api: Api) -> None:
    files = {"approve.form": FORM, "notes über.txt": "Grüße".encode()}
    answer = press_deploy(api, user_task_process("order"), tenant_id="one", attachments=files).ok()
    assert answer["tenantId"] == "one"
    found = {row["name"]: row["id"] for row in api.get(f"/deployment/{answer['id']}/resources").ok()}
    assert set(found) == {"order.bpmn", *files}
    for name, content in files.items():
        assert api.get(f"/deployment/{answer['id']}/resources/{found[name]}/data").content == content


@pytest.mark.parametrize(
    "diagram",
    [
        user_task_process("order").replace('targetRef="end"', 'targetRef="nowhere"'),
        user_task_process("order").replace("</bpmn:process>", ""),
        "",
        "no diagram",
    ],
)
def test_broken_diagrams(api: Api, diagram: str) -> None:
    answer = press_deploy(api, diagram)
    message = answer.refused(400, "ParseException")
    assert message.startswith(BROKEN_DIAGRAM)
    assert "order.bpmn" in message
    details: dict[str, Any] = answer.json["details"]["order.bpmn"]
    assert details["errors"], json.dumps(answer.json)
    assert api.get("/deployment/count").ok() == {"count": 0}


def test_the_message_names_what_is_broken(api: Api) -> None:
    message = press_deploy(api, user_task_process("order").replace('targetRef="end"', 'targetRef="nowhere"')).refused(
        400
    )
    assert "'nowhere'" in message
    assert "'f2'" in message
