"""Worker credentials in the admin: the token is shown once, lends no more than one has, and can be revoked."""

import re
from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, page, read
from workflow_engine import clock
from workflow_engine.models import UserOperationLog, WorkerCredential

ISSUE = "/admin/workflow_engine/workercredential/issue/"


def test_the_token_is_shown_once(boss: Client) -> None:
    answer = boss.post(ISSUE, {"name": "warehouse", "topics": "reserve-goods\nrelease-*\n"})
    found = re.search(r'id="wf-token"[^>]*>([^<]+)<', answer.content.decode())
    assert found is not None
    token = found.group(1)
    assert "no-store" in answer.headers["Cache-Control"]
    credential = WorkerCredential.objects.get()
    assert WorkerCredential.objects.for_token(token, clock.now()) == credential
    assert credential.topics == ["reserve-goods", "release-*"]
    assert token not in read(boss, page("workercredential", credential.pk))
    assert token not in read(boss, listing("workercredential"))
    assert UserOperationLog.objects.get().user_id == "boss"


def test_a_name_is_taken_once(boss: Client) -> None:
    WorkerCredential.issue("warehouse")
    answer = boss.post(ISSUE, {"name": "warehouse"})
    assert "there is one of this name already" in answer.content.decode()
    assert "wf-token" not in answer.content.decode()


def test_wrong_topics_and_a_time_that_is_over(boss: Client) -> None:
    yesterday = clock.now() - timedelta(days=1)
    answer = boss.post(ISSUE, {"name": "x", "topics": "a*b", "expires": f"{yesterday:%Y-%m-%dT%H:%M}"})
    text = answer.content.decode()
    assert "is no topic" in text
    assert "This time is over" in text
    assert not WorkerCredential.objects.exists()


def test_revoke(boss: Client) -> None:
    credential, token = WorkerCredential.issue("warehouse")
    do(boss, "workercredential", credential.pk, "revoke")
    assert WorkerCredential.objects.for_token(token, clock.now()) is None
    assert "revoked" in read(boss, page("workercredential", credential.pk))


def test_nobody_lends_more_than_his_own_permissions(visitor: Visitor, boss: Client) -> None:
    client = visitor("manage_workers", "view_workercredential")
    boss_id = User.objects.get(username="boss").pk
    answer = client.post(ISSUE, {"name": "spy", "for_user": str(boss_id)})
    assert answer.status_code == 200
    assert not WorkerCredential.objects.exists()
    client.post(ISSUE, {"name": "own", "for_user": str(User.objects.latest("pk").pk)})
    assert WorkerCredential.objects.get().user == User.objects.latest("pk")


def test_issuing_needs_its_permission(visitor: Visitor) -> None:
    client = visitor("view_workercredential")
    assert "Issue a credential" not in read(client, listing("workercredential"))
    assert client.post(ISSUE, {"name": "x"}).status_code == 403
