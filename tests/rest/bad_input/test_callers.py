"""Rows 13 and 16: who may not come in, or no longer."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tests.rest.bad_input.table import CASES, FETCH, START, nothing_changes
from tests.rest.conftest import ROOT, Answer, Api, basic
from tests.support.failure_points import all_rows
from workflow_engine import clock
from workflow_engine.models import WorkerCredential


def test_row_13_sessions_of_browsers(human: Api) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(get_user_model().objects.get(username="root"))
    body = json.dumps({}).encode()

    def post(**headers: Any) -> Answer:
        return Answer(browser.post(ROOT + START, body, content_type="application/json", **headers))

    instance = human.start("human")["id"]
    nothing_changes(
        "13", [post, lambda: post(HTTP_X_CSRFTOKEN="x" * 32), lambda: post(HTTP_ORIGIN="https://evil.example")], (403,)
    )
    nothing_changes("13", [lambda: Answer(browser.delete(f"{ROOT}/process-instance/{instance}"))], (403,))
    assert browser.get(f"{ROOT}/task").status_code == 200
    # No other origin is let in, a token in the address is none, and pages of the admin change nothing by GET.
    _, token = WorkerCredential.issue("w")
    answer = human.get("/task", HTTP_ORIGIN="https://evil.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    nothing_changes(
        "13", [lambda: Api().get(f"/task?token={token}&access_token={token}&authorization=Bearer%20{token}")], (401,)
    )
    before = all_rows()
    for name in ("delete", "suspend", "cancel", "activate"):
        assert browser.get(f"/admin/workflow_engine/processinstance/{instance}/do/{name}/").status_code in (
            200,
            302,
            404,
            405,
        )
    assert all_rows() == before
    CASES["13"] += 5


def test_row_16_those_who_may_no_longer_come_in(human: Api) -> None:
    users = get_user_model().objects
    permission = Permission.objects.get(codename="start_process")
    people = {}
    for name in ("deleted", "renamed", "disabled", "changed"):
        people[name] = users.create_user(name, password="secret")
        people[name].user_permissions.add(permission)
    apis = {name: Api(basic(name, "secret")) for name in people}
    tokens = {
        name: WorkerCredential.issue(name, user=people["disabled"] if name == "of disabled" else None)
        for name in ("revoked", "expired", "gone", "of disabled")
    }
    apis |= {name: Api(f"Bearer {token}") for name, (_, token) in tokens.items()}
    for one in apis.values():
        assert one.post("/external-task/fetchAndLock", FETCH).status in (200, 403)
        assert one.get("/engine").status == 200
    # At once, although their credentials were good a moment ago.
    people["deleted"].delete()
    users.filter(username="renamed").update(username="another")
    users.filter(username="disabled").update(is_active=False)
    people["changed"].set_password("other")
    people["changed"].save()
    WorkerCredential.objects.filter(name="revoked").update(is_revoked=True)
    WorkerCredential.objects.filter(name="expired").update(expires=clock.now() - timedelta(seconds=1))
    WorkerCredential.objects.filter(name="gone").delete()
    nothing_changes("16", [lambda one=one: one.post(START) for one in apis.values()], (401,))  # type: ignore[misc]
    strange = [
        "Bearer",
        "Bearer x.y.z",
        "Bearer " + "x" * 5_000,
        "Basic",
        "Basic !!!",
        "Basic " + "eA==",
        "Digest x",
        "Negotiate x",
        "Basic cm9vdDo=",
        "x" * 9_000,
        "Bearer \u00fc",
    ]
    nothing_changes("16", [lambda header=header: Api(header).post(START) for header in strange], (401,))  # type: ignore[misc]
