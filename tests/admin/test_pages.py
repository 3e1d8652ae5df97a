"""What holds for every page: it answers, is read-only, is safe under a strict content security policy, and asks few queries."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.admin.conftest import Visitor
from tests.admin.pages import listing, operation, page, read
from tests.support import orders
from tests.support.small_models import message_start
from workflow_engine import ids
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.models import Authorization, AuthorizationType, ProcessDefinition, Tenant, WorkerCredential
from workflow_engine.services import batch, repository

MODELS = [model for model in apps.get_app_config("workflow_engine").get_models() if admin.site.is_registered(model)]
NAMES = [model._meta.model_name or "" for model in MODELS]
EDITABLE = (Authorization, Tenant)  # what a site itself keeps, in ordinary forms of Django's admin
EXTRA_PAGES = [
    "/admin/",
    "/admin/workflow_engine/",
    "/admin/workflow_engine/deployment/deploy/",
    "/admin/workflow_engine/workercredential/issue/",
]


@pytest.fixture
def everything(saga: str) -> None:
    """At least one row of every model."""
    orders.stuck_order("order-1")
    orders.stuck_order("order-2")
    orders.start("order-3")
    orders.complete("reserve-goods")
    orders.refuse("charge-card", "CARD_REFUSED")
    orders.start("order-4")
    orders.complete("reserve-goods", "charge-card")
    orders.refuse("ship-order", "ADDRESS_UNKNOWN")
    orders.start("order-5")
    orders.complete("reserve-goods", "charge-card", "ship-order", "inform-customer")
    repository.deploy(resources={"hello.bpmn": message_start("hello", "greeting")})
    orders.deploy("prepaid-order.bpmn", "collect-payment.bpmn")
    orders.start("prepaid-1", "prepaid-order", amount=5)
    batch.create("instance-deletion", [ids.new_id()], {"reason": None})
    WorkerCredential.issue("worker")
    Tenant.objects.create(id="north", name="North")
    Authorization.objects.create(
        type=AuthorizationType.GRANT,
        user=User.objects.get_or_create(username="somebody")[0],
        resource_type=6,
        resource_id="order",
        permissions=["READ"],
    )


def addresses() -> list[str]:
    """Every list, every kind of row page, every question before an operation."""
    found = [*EXTRA_PAGES, *(listing(name) for name in NAMES)]
    for model, name in zip(MODELS, NAMES, strict=True):
        rows = list(model._default_manager.all()[:3])
        assert rows, f"No {name} to look at"
        found += [page(name, row.pk) for row in rows]
        found.append(page(name, rows[0].pk).replace("/change/", "/history/"))
        found += [operation(name, row.pk, one.name) for row in rows[:1] for one in _operations(model)]
    return found


def _admin(model: Any) -> EngineAdmin:
    found = admin.site.get_model_admin(model)
    assert isinstance(found, EngineAdmin)
    return found


def _operations(model: Any) -> Any:
    return () if model in EDITABLE else _admin(model).operations


def test_every_page_answers_and_keeps_the_content_security_policy(boss: Client, everything: None) -> None:
    for address in addresses():
        answer = boss.get(address)
        assert answer.status_code in (200, 302), f"{address} answers {answer.status_code}"
        text = answer.content.decode()
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, f"{address} has an inline script: {tag}"
        assert "<style" not in text, f"{address} has an inline style sheet"
        inline = re.findall(r"<[a-z]+\b[^>]*\s(?:style|on[a-z]+)=", text)
        assert not inline, f"{address} has {inline}"


def test_get_of_an_operation_changes_no_row(boss: Client, everything: None) -> None:
    questions = [address for address in addresses() if "/do/" in address]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        for address in questions:
            boss.get(address)
    written = [q["sql"] for q in captured if re.match(r"\s*(INSERT|UPDATE|DELETE)", q["sql"])]
    assert not [sql for sql in written if "workflow_engine" in sql or "django_admin_log" in sql]


def test_rows_are_read_only(boss: Client, everything: None) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="boss")
    for model, name in zip(MODELS, NAMES, strict=True):
        if model in EDITABLE:
            continue
        row_admin, rows = _admin(model), model._default_manager
        assert not row_admin.has_add_permission(request)
        assert not row_admin.has_change_permission(request)
        assert not row_admin.has_delete_permission(request)
        row: Any = rows.first()
        before, base = rows.filter(pk=row.pk).values().get(), f"/admin/workflow_engine/{name}/"
        assert boss.post(f"{base}add/", {"name": "x"}).status_code == 403
        boss.post(f"{base}{quote(str(row.pk))}/delete/", {"post": "yes"})
        boss.post(page(name, row.pk), {"name": "x", "_save": "1"})
        boss.post(listing(name), {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
        assert rows.filter(pk=row.pk).values().get() == before, name


def test_anonymous_people_see_nothing(client: Client, everything: None) -> None:
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert "/admin/login/" in answer.headers["Location"], address


def test_people_without_permissions_see_nothing(visitor: Visitor, everything: None) -> None:
    nobody = visitor()
    for address in addresses():
        if address != "/admin/":
            assert nobody.get(address).status_code in (403, 404), address


def _queries(client: Client, address: str) -> int:
    client.get(address)  # whatever is cached once per process
    with CaptureQueriesContext(connection) as captured:
        read(client, address)
    return len(captured)


def test_lists_ask_the_same_number_of_queries_for_more_rows(boss: Client, everything: None) -> None:
    few = {name: _queries(boss, listing(name)) for name in NAMES}
    for number in range(10, 14):
        orders.stuck_order(f"order-{number}")
        WorkerCredential.issue(f"worker-{number}")
        model = message_start(f"hello-{number}", f"greeting-{number}")
        repository.deploy(resources={"hello.bpmn": model}, user="somebody")
    assert {name: _queries(boss, listing(name)) for name in NAMES} == few
    assert max(few.values()) <= 20


def test_the_page_of_an_instance_asks_a_fixed_number_of_queries(boss: Client, saga: str) -> None:
    order = orders.stuck_order("order-1")
    few = _queries(boss, page("processinstance", order.pk))
    bigger = orders.stuck_order("order-2", **{f"variable-{number}": number for number in range(40)})
    assert _queries(boss, page("processinstance", bigger.pk)) == few
    assert few <= 45


HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def test_hostile_texts_are_escaped(boss: Client, saga: str) -> None:
    order = orders.start(HOSTILE, **{HOSTILE: HOSTILE})
    orders.complete("reserve-goods")
    orders.fail("charge-card", message=HOSTILE, details=HOSTILE)
    ProcessDefinition.objects.update(name=HOSTILE, version_tag=HOSTILE, description=HOSTILE)
    found = addresses_of_existing_rows()
    assert page("processinstance", order.pk) in found
    for address in found:
        answer = boss.get(address)
        text = answer.content.decode()
        assert "<img src=x" not in text, address
        assert "<script>alert" not in text, address


def addresses_of_existing_rows() -> list[str]:
    found = [listing(name) for name in NAMES] + ["/admin/workflow_engine/"]
    for model, name in zip(MODELS, NAMES, strict=True):
        rows = model._default_manager.all()[:5]
        found += [page(name, row.pk) for row in rows]
        found += [operation(name, row.pk, one.name) for row in rows[:1] for one in _operations(model)]
    return found


def test_overview_tells_what_has_stopped(boss: Client, everything: None) -> None:
    text = read(boss, "/admin/workflow_engine/")
    for expected in ("open incidents", orders.ERROR, "charge-card", "Charge card"):
        assert expected in text


def test_odd_ids_are_no_error(boss: Client, everything: None) -> None:
    for name in NAMES:
        for odd in ("%00", "%C3%28", "x" * 3000, "..", "0194f3a0-0000-7000-8000-000000000000"):
            for address in (
                f"/admin/workflow_engine/{name}/{odd}/change/",
                f"/admin/workflow_engine/{name}/{odd}/do/retry/",
            ):
                assert boss.get(address).status_code in (302, 404), address


def test_a_sites_atomic_requests_do_not_reach_operations() -> None:
    for address in (operation("job", "x", "execute"), "/admin/workflow_engine/job/bulk/execute/"):
        assert "default" in resolve(address).func._non_atomic_requests  # type: ignore[attr-defined]


def test_downloads_never_open_as_pages(boss: Client, saga: str) -> None:
    deployment = ProcessDefinition.objects.get(pk=saga).deployment
    resource = deployment.resources.get()
    for address in (
        page("processdefinition", saga).replace("/change/", "/xml/"),
        f"/admin/workflow_engine/deployment/{deployment.pk}/resource/{resource.pk}/",
    ):
        answer = boss.get(address)
        assert answer.content == bytes(resource.content)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
