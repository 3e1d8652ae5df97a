"""Tenants and authorizations in the admin: made by forms that refuse what the services refuse."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import Visitor
from workflow_engine.models import Authorization, Tenant, UserOperationLog


def address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:workflow_engine_{model}_{page}", args=args)


def errors(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    form = answer.context["adminform"].form
    return f"{form.errors.as_text()} {form.non_field_errors().as_text()}"


def test_a_tenant_gets_members_and_loses_them(boss: Client) -> None:
    ada, sales = User.objects.create_user("ada"), Group.objects.create(name="sales")
    data: dict[str, Any] = {"id": "north", "name": "The North", "users": [ada.pk], "groups": [sales.pk]}
    assert boss.post(address("tenant", "add"), data).status_code == 302
    north = Tenant.objects.get()
    assert (north.pk, north.name, list(north.users.all()), list(north.groups.all())) == (
        "north", "The North", [ada], [sales],
    )  # fmt: skip
    assert b"The North" in boss.get(address("tenant", "changelist")).content
    assert boss.get(address("tenant", "change", "north")).status_code == 200
    data = {"id": "other", "name": "Up there", "users": [], "groups": [sales.pk]}
    assert boss.post(address("tenant", "change", "north"), data).status_code == 302
    north.refresh_from_db()
    assert (north.name, north.users.count(), north.groups.count(), Tenant.objects.count()) == ("Up there", 0, 1, 1)
    assert boss.post(address("tenant", "delete", "north"), {"post": "yes"}).status_code == 302
    logged = UserOperationLog.objects.filter(user_id="boss", entity_type__startswith="Tenant")
    assert set(logged.values_list("entity_type", "operation_type")) == {
        ("Tenant", "Create"), ("Tenant", "Update"), ("Tenant", "Delete"),
        ("TenantMembership", "Create"), ("TenantMembership", "Delete"),
    }  # fmt: skip


def test_nobody_lets_himself_into_a_tenant(visitor: Visitor) -> None:
    manager = visitor("view_tenant", "change_tenant", "add_tenant")
    Tenant.objects.create(pk="north")
    data = {"name": "x", "users": [User.objects.get().pk]}
    assert "does not belong to tenant" in errors(manager.post(address("tenant", "change", "north"), data))
    assert "printable" in errors(manager.post(address("tenant", "add"), {"id": "no\x7frth"}))
    assert not Tenant.objects.get().users.exists()
    assert visitor().get(address("tenant", "changelist")).status_code == 403


def test_an_authorization_is_made_and_changed(boss: Client) -> None:
    ada = User.objects.create_user("ada")
    data: dict[str, Any] = {
        "type": 1, "user": ada.pk, "resource_type": 6, "resource_id": "pay", "permissions": ["CREATE_INSTANCE"],
    }  # fmt: skip
    assert boss.get(address("authorization", "add")).status_code == 200
    assert boss.post(address("authorization", "add"), data).status_code == 302
    row = Authorization.objects.get()
    assert (row.user, row.resource_id, row.permissions) == (ada, "pay", ["CREATE_INSTANCE"])
    assert "already: change that one" in errors(boss.post(address("authorization", "add"), data))
    assert b"CREATE_INSTANCE" in boss.get(address("authorization", "changelist")).content
    data["permissions"] = ["READ", "READ_TASK"]
    assert boss.post(address("authorization", "change", row.pk), data).status_code == 302
    row.refresh_from_db()
    assert row.permissions == ["READ", "READ_TASK"]
    assert boss.post(address("authorization", "delete", row.pk), {"post": "yes"}).status_code == 302
    assert boss.post(address("authorization", "add"), {**data, "type": 0, "user": ""}).status_code == 302
    assert Authorization.objects.get().user is None


def test_what_the_service_refuses_is_an_error_of_the_form(boss: Client, visitor: Visitor) -> None:
    ada = User.objects.create_user("ada")
    data = {"type": 1, "user": ada.pk, "resource_type": 6, "resource_id": "pay", "permissions": ["CREATE_INSTANCE"]}
    add = address("authorization", "add")
    assert "Must be" in errors(boss.post(add, {**data, "type": 0}))
    assert "either" in errors(boss.post(add, {**data, "user": ""}))
    assert "must be" in errors(boss.post(add, {**data, "resource_type": 7, "permissions": ["READ"]}))
    assert "not valid" in errors(boss.post(add, {**data, "permissions": ["TASK_WORK", "READ_VARIABLE"]}))
    manager = visitor("add_authorization", "view_authorization", "change_authorization", "delete_authorization")
    assert "Cannot give" in errors(manager.post(add, data))
    assert not Authorization.objects.exists()
    Authorization.objects.create(type=2, user=ada, resource_type=6, resource_id="pay", permissions=["ALL"])
    pk = Authorization.objects.get().pk
    change = {**data, "permissions": ["READ"]}
    assert "Cannot take back" in errors(manager.post(address("authorization", "change", pk), change))
    assert manager.post(address("authorization", "delete", pk), {"post": "yes"}).status_code == 403
    assert Authorization.objects.get().permissions == ["ALL"]
