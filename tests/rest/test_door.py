"""The door for workers: less of the site's middleware, the same answers."""

import base64
import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import wsgi
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import resolve

from workflow_engine import ids
from workflow_engine.rest import routes
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.door import _worker_handler, get_wsgi_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

seen: list[str] = []


def sites_own(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        assert request.session.is_empty()  # as it would for any other request
        seen.append(f"{request.path} {request.user}")
        response = get_response(request)
        response["X-Site"] = "ours"
        return response

    return middleware


async def only_async(request: HttpRequest) -> HttpResponse:
    raise AssertionError


only_async.sync_capable = False  # type: ignore[attr-defined]


@pytest.fixture
def authorization() -> str:
    User.objects.create_superuser("worker", password="secret-1")
    return "Basic " + base64.b64encode(b"worker:secret-1").decode()


def ask(
    application: Any, path: str, authorization: str | None = None, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "testserver", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
    }  # fmt: skip
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    answer: Iterable[bytes] = application(
        environ, lambda status, headers, error=None: told.append((int(status[:3]), dict(headers)))
    )
    body = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    return told[0][0], told[0][1], body


def with_own(*names: str) -> Any:
    return override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, *(f"{__name__}.{name}" for name in names)])


def test_the_sites_own_middleware_works_for_workers_too(authorization: str) -> None:
    seen.clear()
    with with_own("sites_own"):
        door = get_wsgi_application()
        status, headers, body = ask(door, "/engine-rest/version", authorization)
    assert (status, body) == (200, b'{"version":"7.24.0"}')
    assert seen == ["/engine-rest/version AnonymousUser"]
    assert headers["X-Site"] == "ours"


def test_sessions_are_not_looked_for_where_nobody_asks() -> None:
    handler = _worker_handler()
    assert handler is not None
    assert not [name for name in handler._names if "session" in name or "auth" in name]


def test_a_worker_hears_what_everybody_hears(authorization: str) -> None:
    door, site = get_wsgi_application(), wsgi.get_wsgi_application()
    addresses = ("version", f"external-task/{ids.new_id()}", "nothing", "task")
    for address in addresses:
        path = f"/engine-rest/{address}"
        through, whole = ask(door, path, authorization), ask(site, path, authorization)
        assert (through[0], through[2]) == (whole[0], whole[2])
        missing = set(whole[1]) - set(through[1]) - {"Vary"}
        assert not missing, f"{path}: workers miss {missing}"


def test_wrong_credentials_are_refused(authorization: str) -> None:
    door = get_wsgi_application()
    for wrong in ("Basic bm86bm8=", "Bearer nothing", "Digest x", ""):
        assert ask(door, "/engine-rest/task", wrong)[0] == 401


def test_pages_stay_the_sites(authorization: str) -> None:
    status, headers, _ = ask(get_wsgi_application(), "/admin/login/", authorization)
    assert status == 200
    assert "csrftoken" in headers.get("Set-Cookie", "")


def test_middleware_that_only_knows_async_is_left_to_django() -> None:
    with with_own("only_async"):
        assert _worker_handler() is None


@override_settings(ROOT_URLCONF="tests.rest.without_api")
def test_a_site_without_the_api(authorization: str) -> None:
    assert ask(get_wsgi_application(), "/engine-rest/version", authorization)[0] == 404


def test_no_database_wraps_a_request_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings, "other", {**connections.settings["default"], "ATOMIC_REQUESTS": True})
    assert {"default", "other"} <= EngineView.as_view()._non_atomic_requests


@pytest.mark.parametrize(
    "path",
    [
        "/engine-rest/external-task/fetchAndLock",
        "/engine-rest/external-task/{id}/complete",
        "/engine-rest/process-definition/key/order/start",
        "/engine-rest/engine/default/external-task/{id}/failure",
        "/engine-rest/process-instance/{id}/variables/a%20b",
    ],
)
def test_addresses_are_found_as_django_finds_them(path: str) -> None:
    for row_id in (ids.new_id(), ids.new_id()):
        address = path.format(id=row_id)
        found, expected = routes.find(address), resolve(address)
        assert found is not None
        assert (found.func, found.kwargs, found.route) == (expected.func, expected.kwargs, expected.route)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/engine-rest/nothing/{id}", "/engine-rest/task/{long}", "/engine-rest/a/{id}/{another}"]
)
def test_other_addresses_are_left_to_django(path: str) -> None:
    assert routes.find(path.format(id=ids.new_id(), another=ids.new_id(), long="x" * 400)) is None
