"""The API as a caller sees it: `api` may do everything, `anonymous` has not logged in, `deploy` puts models in."""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support import described
from workflow_engine import clock, verification
from workflow_engine.models import Tenant
from workflow_engine.rest import verified_credentials

ROOT = "/engine-rest"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">'
)


class Answer:
    """Status and JSON of one answer."""

    def __init__(self, response: Any) -> None:
        self.status, self.headers, self.content = response.status_code, response.headers, response.content
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        self.json = json.loads(response.content) if is_json and response.content else None

    def ok(self) -> Any:
        """The JSON of an answer that must not be a refusal."""
        assert 200 <= self.status < 300, (self.status, self.content)
        return self.json

    def refused(self, status: int, type_name: str | None = None) -> str:
        """The message of a refusal with this status, in Camunda's form."""
        assert self.status == status, (self.status, self.content)
        assert self.json is not None, self.content
        assert {"type", "message", "code"} <= set(self.json)
        assert type_name in (None, self.json["type"]), self.json
        return str(self.json["message"])


class Api:
    def __init__(self, authorization: str | None = None, **options: Any) -> None:
        headers = {"Authorization": authorization} if authorization else {}
        self.client = Client(headers=headers, **options)

    def call(self, method: str, path: str, body: Any = None, **extra: Any) -> Answer:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = extra.pop("content_type", "application/json")
        return self.checked(method, self.client.generic(method, ROOT + path, data, content_type=kind, **extra))

    def get(self, path: str, **extra: Any) -> Answer:
        return self.call("GET", path, **extra)

    def post(self, path: str, body: Any = None, **extra: Any) -> Answer:
        return self.call("POST", path, {} if body is None else body, **extra)

    def put(self, path: str, body: Any = None, **extra: Any) -> Answer:
        return self.call("PUT", path, {} if body is None else body, **extra)

    def delete(self, path: str, **extra: Any) -> Answer:
        return self.call("DELETE", path, **extra)

    def form(self, path: str, fields: dict[str, Any]) -> Answer:
        return self.checked("POST", self.client.post(ROOT + path, fields))

    @staticmethod
    def checked(method: str, response: Any) -> Answer:
        """Whatever a test asks, the answer must be as the API's own description says."""
        described.check(method, response)
        return Answer(response)

    def deploy(self, *models: str, **fields: str) -> Answer:
        parts: dict[str, Any] = {"deployment-name": f"test {uuid.uuid4()}", **fields}
        for number, model in enumerate(models):
            parts[f"data{number}"] = SimpleUploadedFile(f"model{number}.bpmn", model.encode())
        return self.form("/deployment/create", parts)

    def start(self, key: str, **body: Any) -> dict[str, Any]:
        started: dict[str, Any] = self.post(f"/process-definition/key/{key}/start", body).ok()
        return started


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def process(key: str, content: str) -> str:
    """A model with one process."""
    return (
        f'{HEAD}<bpmn:process id="{key}" isExecutable="true" camunda:historyTimeToLive="30">{content}</bpmn:process>'
        "</bpmn:definitions>"
    )


def external_task_process(key: str, topic: str, more: str = "") -> str:
    """start -> external task "work" -> end"""
    return process(
        key,
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
        <bpmn:serviceTask id="work" name="Work" camunda:type="external" camunda:topic="{topic}"/>
        <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end"/><bpmn:endEvent id="end"/>{more}""",
    )


def user_task_process(key: str, attributes: str = "") -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
        <bpmn:userTask id="approve" name="Human" {attributes}/>
        <bpmn:sequenceFlow id="f2" sourceRef="approve" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


def message_process(key: str) -> str:
    """message "go" -> user task"""
    model = process(
        key,
        """<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
        <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="approve"/><bpmn:userTask id="approve"/>""",
    )
    return model.replace("<bpmn:process ", '<bpmn:message id="m" name="go"/><bpmn:process ', 1)


def person(name: str, *names: str, tenants: tuple[str, ...] = (), superuser: bool = False) -> Api:
    """Somebody with these permissions in these tenants, and a client that acts for him."""
    user = get_user_model().objects.create_user(name, password="secret", is_superuser=superuser)
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    for tenant in tenants:
        Tenant.objects.get_or_create(pk=tenant)[0].users.add(user)
    return Api(basic(name, "secret"))


@pytest.fixture(autouse=True)
def _no_remembered_credentials() -> None:
    verified_credentials.forget_all()


@pytest.fixture
def superuser(db: None) -> Any:
    return get_user_model().objects.create_superuser("root", password="secret")


@pytest.fixture
def api(superuser: Any) -> Api:
    return Api(basic("root", "secret"))


@pytest.fixture
def anonymous(db: None) -> Api:
    return Api()


@pytest.fixture
def human_definition(api: Api) -> str:
    """The id of a definition whose instances wait for a user."""
    (definition,) = api.deploy(user_task_process("human")).ok()["deployedProcessDefinitions"]
    return str(definition)


@pytest.fixture
def human(api: Api, human_definition: str) -> Api:
    """The API, where there is that definition."""
    return api


@pytest.fixture
def waiting_task(api: Api) -> Callable[..., dict[str, Any]]:
    """Starts a process that waits in an external task, and gives that task."""

    def start(topic: str = "work", **body: Any) -> dict[str, Any]:
        api.deploy(external_task_process("waiting", topic)).ok()
        instance = api.start("waiting", **body)
        task: dict[str, Any] = api.get(f"/external-task?processInstanceId={instance['id']}").ok()[0]
        return task

    return start


@pytest.fixture
def sound(db: None) -> Iterator[None]:
    """At the end the clock is the real one again, and everything the engine knows fits together."""
    yield
    clock.reset()
    assert list(verification.verify()) == []
