"""The header Idempotency-Key: the same key gives the same answer, and what was asked for happens once."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.rest.conftest import (
    ROOT,
    Answer,
    Api,
    basic,
    external_task_process,
    message_process,
    user_task_process,
)
from workflow_engine import clock
from workflow_engine.models import Deployment, HistoricProcessInstance, IdempotencyKey, WorkerCredential
from workflow_engine.rest.idempotency import MAX_LENGTH
from workflow_engine.sweeper import idempotency_keys

START = "/process-definition/key/human/start"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    yield
    clock.reset()


def keyed(api: Api, path: str, body: Any, key: str, **extra: Any) -> Answer:
    return api.post(path, body, HTTP_IDEMPOTENCY_KEY=key, **extra)


def instances() -> int:
    return HistoricProcessInstance.objects.count()


def is_repeated(answer: Answer) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


def addresses(api: Api) -> list[str]:
    definition = api.get("/process-definition?key=human").ok()[0]["id"]
    tenant = "/process-definition/key/human/tenant-id/t"
    names = ["/process-definition/key/human", f"/process-definition/{definition}", tenant]
    return [
        f"{prefix}{name}/{action}"
        for prefix in ("", "/engine/default")
        for name in names
        for action in ("start", "submit-form")
    ]


def test_every_address_of_start(human: Api) -> None:
    human.deploy(user_task_process("human"), **{"tenant-id": "t"}).ok()
    for number, path in enumerate(addresses(human)):
        body = {"businessKey": "b", "variables": {"v": {"value": 1}}}
        first, second = keyed(human, path, body, "key"), keyed(human, path, body, "key")
        assert (first.status, second.status) == (200, 200), (path, first.content)
        assert first.content == second.content
        assert (is_repeated(first), is_repeated(second)) == (False, True)
        # The key counts for this path only.
        assert instances() == number + 1


def test_without_the_header_nothing_is_remembered(human: Api) -> None:
    assert human.post(START).ok()["id"] != human.post(START).ok()["id"]
    assert not IdempotencyKey.objects.exists()


def test_answers_with_variables(human: Api) -> None:
    body = {"variables": {"ü": {"value": "\u2028é\U0001f600"}}, "withVariablesInReturn": True}
    first, second = keyed(human, START, body, "k"), keyed(human, START, body, "k")
    assert first.ok()["variables"]["ü"]["value"] == "\u2028é\U0001f600"
    assert first.content == second.content
    assert second.headers["Content-Type"] == "application/json"


def test_another_body_is_refused(human: Api) -> None:
    keyed(human, START, {"businessKey": "a"}, "k").ok()
    message = keyed(human, START, {"businessKey": "b"}, "k").refused(422)
    assert "'k'" in message
    keyed(human, f"{START}?x=1", {"businessKey": "a"}, "k").refused(422)
    assert instances() == 1


def test_the_order_of_fields_does_not_matter(human: Api) -> None:
    keyed(human, START, b'{"businessKey": "a", "variables": {}}', "k").ok()
    assert is_repeated(keyed(human, START, b'{ "variables":{},"businessKey":"a" }', "k"))
    assert instances() == 1


def test_keys_of_others_do_not_matter(human: Api) -> None:
    other = get_user_model().objects.create_superuser("other", password="secret")
    _, token = WorkerCredential.issue("w", user=other)
    callers = [human, Api(basic("other", "secret")), Api(f"Bearer {token}")]
    assert len({keyed(caller, START, {}, "k").ok()["id"] for caller in callers}) == 3
    assert all(is_repeated(keyed(caller, START, {}, "k")) for caller in callers)
    assert instances() == 3


def test_permission_is_asked_before_the_key(human: Api) -> None:
    user = get_user_model().objects.create_user("starter", password="secret")
    permission = Permission.objects.get(codename="start_process")
    user.user_permissions.add(permission)
    starter = Api(basic("starter", "secret"))
    keyed(starter, START, {}, "k").ok()
    user.user_permissions.remove(permission)
    keyed(starter, START, {}, "k").refused(403)
    keyed(Api(), START, {}, "k").refused(401)


def test_a_refusal_leaves_the_key_free(api: Api) -> None:
    keyed(api, START, {}, "k").refused(404)
    api.deploy(user_task_process("human")).ok()
    keyed(api, START, {"variables": {"v": {"value": "x", "type": "Integer"}}}, "k").refused(400)
    assert not IdempotencyKey.objects.exists()
    assert not is_repeated(keyed(api, START, {}, "k"))
    assert instances() == 1


def test_a_failure_rolls_back_both(human: Api, monkeypatch: Any) -> None:
    from workflow_engine.rest.resources.process_definition import start

    def fail(*arguments: Any) -> None:
        raise RuntimeError("between start and answer")

    with monkeypatch.context() as patch:
        patch.setattr(start, "link", fail)
        human.client.raise_request_exception = False
        keyed(human, START, {}, "k").refused(500)
    assert (instances(), IdempotencyKey.objects.count()) == (0, 0)
    keyed(human, START, {}, "k").ok()
    assert instances() == 1


@pytest.mark.parametrize(
    "key",
    ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", '"quo ted"', r'"a\"b\\c"', "x" * MAX_LENGTH, f'"{"x" * MAX_LENGTH}"'],
)
def test_keys(human: Api, key: str) -> None:
    keyed(human, START, {}, key).ok()
    assert is_repeated(keyed(human, START, {}, f" {key} "))


def test_a_quoted_key_is_the_same_as_a_bare_one(human: Api) -> None:
    keyed(human, START, {}, '"k"').ok()
    assert is_repeated(keyed(human, START, {}, "k"))


@pytest.mark.parametrize(
    "key", ["", " ", '""', '"', 'a"b', "a b", "ü", "a\0b", "a\tb", r'"a\b"', "x" * (MAX_LENGTH + 1), "x" * 10_000]
)
def test_bad_keys(human: Api, key: str) -> None:
    assert "Idempotency-Key" in keyed(human, START, {}, key).refused(400)
    assert instances() == 0


def test_a_key_expires(human: Api, settings: Any) -> None:
    first = keyed(human, START, {}, "k").ok()["id"]
    clock.travel(timedelta(hours=23, minutes=59))
    assert keyed(human, START, {}, "k").ok()["id"] == first
    clock.travel(timedelta(minutes=2))
    # Expired, though no sweeper has been here, and for another body too.
    second = keyed(human, START, {"businessKey": "other"}, "k").ok()["id"]
    assert second != first
    settings.WORKFLOW_ENGINE = {"IDEMPOTENCY_KEY_LIFETIME": timedelta(minutes=1)}
    third = keyed(human, START, {}, "short").ok()["id"]
    clock.travel(timedelta(minutes=1))
    assert keyed(human, START, {}, "short").ok()["id"] not in (first, second, third)


def test_the_sweeper_removes_what_has_expired(human: Api) -> None:
    for number in range(5):
        keyed(human, START, {}, f"k{number}").ok()
    assert idempotency_keys.run_once() == {}
    clock.travel(timedelta(hours=25))
    keyed(human, START, {}, "new").ok()
    assert idempotency_keys.run_once(3) == {"removed": 3}
    assert idempotency_keys.run_once(3) == {"removed": 2}
    assert idempotency_keys.run_once(3) == {}
    assert IdempotencyKey.objects.get().key == "new"


def test_messages(api: Api) -> None:
    api.deploy(message_process("p")).ok()
    for body, status in (({"messageName": "go"}, 204), ({"messageName": "go", "resultEnabled": True}, 200)):
        first, second = keyed(api, "/message", body, str(status)), keyed(api, "/message", body, str(status))
        assert (first.status, second.status) == (status, status)
        assert first.content == second.content
        assert (is_repeated(first), is_repeated(second)) == (False, True)
    assert instances() == 2
    keyed(api, "/message", {"messageName": "nobody"}, "k").refused(400)
    keyed(api, "/message", {"messageName": "go", "all": True}, "k").ok()
    assert instances() == 3


def deploy(api: Api, key: str, *contents: str, **fields: str) -> Answer:
    files = {f"f{n}": SimpleUploadedFile(f"m{n}.bpmn", content.encode()) for n, content in enumerate(contents)}
    return Answer(
        api.client.post(
            f"{ROOT}/deployment/create", {"deployment-name": "d", **fields, **files}, HTTP_IDEMPOTENCY_KEY=key
        )
    )


def test_deployments(api: Api) -> None:
    model, other = external_task_process("a", "t"), external_task_process("b", "t")
    first, second = deploy(api, "k", model, other), deploy(api, "k", model, other)
    assert first.ok() == second.ok()
    assert json.loads(second.content)["deployedProcessDefinitions"]
    assert is_repeated(second)
    deploy(api, "k", model).refused(422)
    deploy(api, "k", model, other.replace("work", "more")).refused(422)
    deploy(api, "k", model, other, **{"tenant-id": "t"}).refused(422)
    deploy(api, "k2", "<broken").refused(400)
    assert Deployment.objects.count() == 1
    deploy(api, "k2", model).ok()
    assert Deployment.objects.count() == 2


def test_another_boundary_is_the_same_form(api: Api) -> None:
    model = external_task_process("a", "t").encode()

    def send(boundary: bytes) -> Answer:
        form = b'--%b\r\nContent-Disposition: form-data; name="data"; filename="a.bpmn"\r\n\r\n%b\r\n--%b--\r\n'
        kind = f"multipart/form-data; boundary={boundary.decode()}"
        return api.call(
            "POST",
            "/deployment/create",
            form % (boundary, model, boundary),
            content_type=kind,
            HTTP_IDEMPOTENCY_KEY="k",
        )

    assert send(b"one").ok() == send(b"two").ok()
    assert Deployment.objects.count() == 1


def test_other_requests_ignore_the_header(human: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    assert human.get("/process-definition/count", HTTP_IDEMPOTENCY_KEY="").ok()
    task = waiting_task()
    keyed(human, f"/external-task/{task['id']}/unlock", {}, "k").ok()
    assert not IdempotencyKey.objects.exists()
