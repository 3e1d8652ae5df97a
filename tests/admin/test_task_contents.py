"""Comments and attachments on the admin's page of a user task."""

import pytest
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import page, read
from tests.support import orders
from workflow_engine.models import UserTask
from workflow_engine.services import attachment, comment


@pytest.fixture
def task(saga: str) -> UserTask:
    orders.start("order-1")
    orders.complete("reserve-goods", "charge-card")
    orders.refuse("ship-order", "ADDRESS_UNKNOWN")
    found = UserTask.objects.get()
    comment.create(str(found.pk), "<script>called them</script>", user="gonzo")
    attachment.create(str(found.pk), name="Letter", url="javascript:alert(1)", user="gonzo")
    return found


def test_they_are_shown(boss: Client, task: UserTask) -> None:
    raw = boss.get(page("usertask", task.pk)).content.decode()
    assert "&lt;script&gt;called them" in raw
    assert "Letter" in raw
    assert 'href="javascript:' not in raw


def test_they_need_a_permission(visitor: Visitor, task: UserTask) -> None:
    shown = read(visitor("view_usertask", "view_comment"), page("usertask", task.pk))
    assert "called them" in shown
    assert "Letter" not in shown
