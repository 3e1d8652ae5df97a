"""Who may come in: nobody without credentials but to `version`; sessions only with CSRF; no hash per request."""

import base64
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls.resolvers import URLPattern

from tests.rest.conftest import Api, basic
from workflow_engine import clock
from workflow_engine.models import WorkerCredential
from workflow_engine.rest import urls, verified_credentials

PUBLIC = {"version"}
# The role matrix says of each why; what is one's own needs no permission.
OPEN_TO_WHO_HAS_LOGGED_IN = (
    "version", "engine", "no-such-thing", "openapi.json", "docs/", "identity/password-policy", "authorization/check", "filter",
)  # fmt: skip
# Who has made a batch sees it; this caller has made none.
OF_WHO_MADE_THEM = ("batch", "history/batch")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def addresses() -> list[str]:
    """Every address of the API, with something in place of its parts."""
    found = []
    for pattern in urls._patterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        if route.startswith("^"):
            route = "case-definition/x"
        found.append("/" + "".join(part.partition(">")[2] if i else part for i, part in enumerate(_split(route))))
    return [*found, "/no-such-thing"]


def _split(route: str) -> list[str]:
    parts = route.split("<")
    return [
        parts[0],
        *(part.partition(">")[0] and f"{part.partition('>')[0]}>x{part.partition('>')[2]}" for part in parts[1:]),
    ]


def test_every_address_refuses_the_anonymous(anonymous: Api) -> None:
    walked = 0
    for address in addresses():
        for prefix in ("", "/engine/default"):
            for method in METHODS:
                answer = anonymous.call(method, prefix + address, {} if method != "GET" else None)
                if address.lstrip("/") in PUBLIC:
                    assert answer.status in (200, 405)
                    continue
                assert answer.refused(401), (method, address)
                assert answer.headers["WWW-Authenticate"].startswith("Basic ")
                walked += 1
    assert walked > 1000


def test_a_user_without_permissions_may_do_nothing_but_look_at_the_engine(db: None) -> None:
    get_user_model().objects.create_user("nobody", password="secret")
    api = Api(basic("nobody", "secret"))
    for address in addresses():
        for method in METHODS:
            answer = api.call(method, address, {} if method != "GET" else None)
            if address.lstrip("/").startswith(OPEN_TO_WHO_HAS_LOGGED_IN):
                assert answer.status in (200, 400, 403, 404, 405)
            elif "case-" in address:
                assert answer.status == 501
            elif method == "GET" and answer.status == 200:
                assert address.lstrip("/").startswith(OF_WHO_MADE_THEM), address
                assert answer.json in ([], {"count": 0}), (address, answer.content)
            elif method == "GET" and address.lstrip("/").startswith(OF_WHO_MADE_THEM):
                assert answer.status in (403, 404, 405), (address, answer.status, answer.content)
            else:
                assert answer.status in (403, 405), (method, address, answer.status, answer.content)


def test_a_permission_opens_its_action_and_no_other(db: None) -> None:
    user = get_user_model().objects.create_user("viewer", password="secret")
    user.user_permissions.add(Permission.objects.get(codename="view_externaltask"))
    api = Api(basic("viewer", "secret"))
    assert api.get("/external-task").ok() == []
    assert "fetch_external_task" in api.post("/external-task/fetchAndLock", {}).refused(403, "AuthorizationException")


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic %%%",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic " + base64.b64encode(b"root\0:secret").decode(),
        "Bearer",
        "Bearer x",
        "Bearer a\0b",
        "Digest x",
        "Basic " + "x" * 10_000,
        basic("root", "wrong"),
        basic("nobody", "secret"),
        basic("", ""),
    ],
)
def test_bad_credentials(superuser: Any, header: str) -> None:
    assert Api(header).get("/engine").refused(401)


def test_a_password_is_hashed_once(superuser: Any, api: Api) -> None:
    with mock.patch.object(MD5PasswordHasher, "verify", autospec=True, side_effect=MD5PasswordHasher.verify) as verify:
        for _ in range(5):
            api.get("/engine").ok()
    assert verify.call_count == 1


def test_remembering_costs_one_query(api: Api, django_assert_num_queries: Any) -> None:
    api.get("/engine").ok()
    with django_assert_num_queries(1):
        api.get("/engine").ok()


def test_changed_password_disabled_and_deleted_users_are_refused_at_once(superuser: Any, api: Api) -> None:
    api.get("/engine").ok()
    superuser.set_password("other")
    superuser.save()
    api.get("/engine").refused(401)
    fresh = Api(basic("root", "other"))
    fresh.get("/engine").ok()
    superuser.is_active = False
    superuser.save()
    fresh.get("/engine").refused(401)
    superuser.is_active = True
    superuser.save()
    fresh.get("/engine").ok()
    superuser.delete()
    fresh.get("/engine").refused(401)


def test_no_password_is_kept(api: Api) -> None:
    api.get("/engine").ok()
    assert verified_credentials._entries
    assert b"secret" not in repr(verified_credentials._entries).encode()


def test_remembered_credentials_expire(api: Api) -> None:
    api.get("/engine").ok()
    with (
        mock.patch.object(verified_credentials.time, "monotonic", return_value=1e12),
        mock.patch.object(MD5PasswordHasher, "verify", autospec=True, side_effect=MD5PasswordHasher.verify) as verify,
    ):
        api.get("/engine").ok()
    assert verify.call_count == 1


def test_a_session_needs_the_csrf_token_to_change_anything(superuser: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    assert client.get("/engine-rest/external-task").status_code == 200
    body = {"content_type": "application/json", "data": "{}"}
    refused = client.post("/engine-rest/external-task", **body)
    assert refused.status_code == 403
    assert refused.json()["type"] == "AuthorizationException"
    token = client.cookies["csrftoken"] = "t" * 32
    assert client.post("/engine-rest/external-task", **body, headers={"X-CSRFToken": token}).status_code == 200


def test_a_token_in_the_address_is_not_accepted(db: None) -> None:
    _, token = WorkerCredential.issue("worker")
    for name in ("access_token", "token", "authorization"):
        Api().get(f"/external-task?{name}={token}").refused(401)


def test_a_worker_token(db: None) -> None:
    credential, token = WorkerCredential.issue("worker", topics=["mine", "ours-*"])
    api = Api(f"Bearer {token}")
    fetch = {"workerId": "w", "maxTasks": 1}
    for topic in ("mine", "ours-1"):
        assert (
            api.post(
                "/external-task/fetchAndLock", {**fetch, "topics": [{"topicName": topic, "lockDuration": 1000}]}
            ).ok()
            == []
        )
    others = {**fetch, "topics": [{"topicName": "theirs", "lockDuration": 1000}]}
    assert "theirs" in api.post("/external-task/fetchAndLock", others).refused(403)
    api.post("/process-definition/key/x/start").refused(403)
    credential.refresh_from_db()
    assert credential.last_used is not None


def test_a_revoked_or_expired_token_is_refused_at_once(db: None) -> None:
    credential, token = WorkerCredential.issue("worker", expires=clock.now() + timedelta(hours=1))
    api = Api(f"Bearer {token}")
    api.get("/external-task").ok()
    with clock.travelled(timedelta(hours=2)):
        api.get("/external-task").refused(401)
    WorkerCredential.objects.filter(pk=credential.pk).update(is_revoked=True)
    api.get("/external-task").refused(401)


def test_the_token_of_a_users_credential_has_that_users_permissions(superuser: Any) -> None:
    _, token = WorkerCredential.issue("worker", user=superuser)
    api = Api(f"Bearer {token}")
    api.get("/deployment").ok()
    superuser.is_active = False
    superuser.save()
    api.get("/deployment").refused(401)


def test_a_worker_bound_to_topics_sees_no_lists(db: None) -> None:
    _, token = WorkerCredential.issue("worker", topics=["mine"])
    for path in ("/external-task", "/variable-instance", "/process-instance"):
        Api(f"Bearer {token}").get(path).refused(403)


def test_variables_are_not_told_by_other_ways_without_their_permission(db: None) -> None:
    user = get_user_model().objects.create_user("starter", password="secret")
    names = ("start_process", "view_processinstance", "view_usertask", "correlate_message", "complete_user_task")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    api = Api(basic("starter", "secret"))
    api.get("/process-instance").ok()
    api.get("/process-instance?variables=n_eq_5").refused(403)
    api.post("/process-instance", {"orQueries": [{"variables": []}]}).refused(403)
    api.get("/task?withTaskVariablesInReturn=true").refused(403)
    api.post("/process-definition/key/x/start", {"withVariablesInReturn": True}).refused(403)
    api.post("/message", {"messageName": "x", "resultEnabled": True, "variablesInResultEnabled": True}).refused(403)
    api.post("/task/x/complete", {"withVariablesInReturn": True}).refused(403)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_pages_of_other_origins_are_allowed_nothing(api: Api, method: str) -> None:
    for caller in (api, Api()):
        headers = caller.call(method, "/external-task", HTTP_ORIGIN="https://elsewhere.example").headers
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_session_ends_with_its_user(superuser: Any) -> None:
    client = Client()
    client.force_login(superuser)
    assert client.get("/engine-rest/external-task").status_code == 200
    superuser.is_active = False
    superuser.save()
    assert client.get("/engine-rest/external-task").status_code == 401
