"""/tenant: tenants and who belongs to them, through the API and as a service."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group

from tests.rest.conftest import Api
from tests.rest.test_users import give, person
from workflow_engine.models import Tenant, WorkerCredential
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services.tenants import sees_all_tenants, tenants_of


@pytest.fixture
def tenants(api: Api) -> None:
    assert api.post("/tenant/create", {"id": "north", "name": "The North"}).status == 204
    assert api.post("/tenant/create", {"id": "south"}).status == 204


def ids(answer: Any) -> list[str]:
    return [tenant["id"] for tenant in answer.ok()]


def test_a_tenant_is_created_changed_and_deleted(api: Api, tenants: None) -> None:
    assert api.get("/tenant/north").ok() == {"id": "north", "name": "The North"}
    assert api.put("/tenant/north", {"id": "north", "name": "Up there"}).status == 204
    assert api.get("/tenant/north").ok()["name"] == "Up there"
    assert api.put("/tenant/north", {}).status == 204
    assert api.get("/tenant/north").ok()["name"] is None
    assert "cannot be changed" in api.put("/tenant/north", {"id": "south"}).refused(400)
    assert api.delete("/tenant/north").status == 204
    assert api.delete("/tenant/north").refused(404)
    assert "Tenant with id north does not exist" in api.get("/tenant/north").refused(404)
    assert api.put("/tenant/north", {"name": "x"}).refused(404)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "'id' is missing"),
        ({"id": "north"}, "already exists"),
        ({"id": " north"}, "no space"),
        ({"id": "no\nrth"}, "printable"),
        ({"id": "x" * 256}, "255"),
    ],
)
def test_what_is_no_tenant_is_refused(api: Api, tenants: None, body: Any, says: str) -> None:
    assert says in api.post("/tenant/create", body).refused(400)
    assert Tenant.objects.count() == 2


def test_lists_and_counts(api: Api, tenants: None) -> None:
    person("ada")
    person("bob")
    Group.objects.create(name="sales")
    assert api.put("/group/sales/members/bob").status == 204
    assert api.put("/tenant/north/user-members/ada").status == 204
    assert api.put("/tenant/south/group-members/sales").status == 204
    for query, expected in {
        "": ["north", "south"],
        "id=south": ["south"],
        "name=The%20North": ["north"],
        "nameLike=%25North": ["north"],
        "userMember=ada": ["north"],
        "userMember=bob": [],
        "userMember=bob&includingGroupsOfUser=true": ["south"],
        "userMember=nobody&includingGroupsOfUser=true": [],
        "groupMember=sales": ["south"],
        "sortBy=id&sortOrder=desc": ["south", "north"],
        "sortBy=name&sortOrder=asc&maxResults=1": ["north"],
    }.items():
        assert ids(api.get(f"/tenant?{query}")) == expected, query
    assert api.get("/tenant/count?userMember=ada").ok() == {"count": 1}
    assert "sortBy" in api.get("/tenant?sortBy=users&sortOrder=asc").refused(400)


def test_members_come_and_go(api: Api, tenants: None) -> None:
    person("ada")
    Group.objects.create(name="sales")
    for kind, member in (("user", "ada"), ("group", "sales")):
        for _ in range(2):
            assert api.put(f"/tenant/north/{kind}-members/{member}").status == 204
        assert ids(api.get(f"/tenant?{kind}Member={member}")) == ["north"]
        for _ in range(2):
            assert api.delete(f"/tenant/north/{kind}-members/{member}").status == 204
        assert ids(api.get(f"/tenant?{kind}Member={member}")) == []
        assert "does not exist" in api.put(f"/tenant/north/{kind}-members/none").refused(404)
        assert "Tenant with id none" in api.put(f"/tenant/none/{kind}-members/{member}").refused(404)
        assert api.delete(f"/tenant/none/{kind}-members/{member}").refused(404)
        assert api.delete(f"/tenant/north/{kind}-members/none").refused(404)


def test_whose_tenants(api: Api, tenants: None) -> None:
    person("ada")
    ada = get_user_model().objects.get(username="ada")
    sales = Group.objects.create(name="sales")
    ada.groups.add(sales)
    Tenant.objects.get(pk="north").users.add(ada)
    Tenant.objects.get(pk="south").groups.add(sales)
    assert tenants_of(ada) == {"north", "south"}
    assert tenants_of(AnonymousUser()) == frozenset()
    assert not sees_all_tenants(ada)
    give(ada, "workflow_engine.see_all_tenants")
    ada = get_user_model().objects.get(username="ada")
    assert sees_all_tenants(ada)
    bound, _ = WorkerCredential.issue("bound", user=ada, tenant_ids=["east"])
    unbound, _ = WorkerCredential.issue("unbound", user=ada)
    nobodys, _ = WorkerCredential.issue("nobodys")
    assert tenants_of(WorkerPrincipal(bound)) == {"east"}
    assert not sees_all_tenants(WorkerPrincipal(bound))
    assert tenants_of(WorkerPrincipal(unbound)) == {"north", "south"}
    assert tenants_of(WorkerPrincipal(nobodys)) == frozenset()


def test_nobody_joins_a_tenant_that_is_not_his(api: Api, tenants: None) -> None:
    manager = person("manager", "workflow_engine.change_tenant")
    Tenant.objects.get(pk="north").users.add(get_user_model().objects.get(username="manager"))
    person("ada")
    Group.objects.create(name="sales")
    for member in ("user-members/manager", "group-members/sales"):
        assert "does not belong to tenant 'south'" in manager.put(f"/tenant/south/{member}").refused(403)
    assert manager.put("/tenant/north/user-members/ada").status == 204
    give(get_user_model().objects.get(username="manager"), "workflow_engine.see_all_tenants")
    assert manager.put("/tenant/south/user-members/ada").status == 204


def test_every_method_has_its_permission(db: None) -> None:
    Tenant.objects.create(pk="north")
    nobody = person("nobody")
    for method, path in (
        ("GET", "/tenant"), ("GET", "/tenant/count"), ("GET", "/tenant/north"), ("POST", "/tenant/create"),
        ("PUT", "/tenant/north"), ("DELETE", "/tenant/north"), ("PUT", "/tenant/north/user-members/nobody"),
        ("DELETE", "/tenant/north/group-members/none"), ("OPTIONS", "/tenant/north/user-members"),
    ):  # fmt: skip
        nobody.call(method, path, {"id": "new"}).refused(403, "AuthorizationException")
        assert Api().call(method, path, {}).status == 401
    viewer = person("viewer", "workflow_engine.view_tenant")
    assert ids(viewer.get("/tenant")) == ["north"]
    assert [link["rel"] for link in viewer.call("OPTIONS", "/tenant").ok()["links"]] == ["list", "count"]
    assert viewer.call("OPTIONS", "/tenant/north/user-members").ok() == {"links": []}


def test_links(api: Api, tenants: None) -> None:
    for path, expected in {
        "/tenant": [("GET", "/tenant"), ("GET", "/tenant/count"), ("POST", "/tenant/create")],
        "/tenant/north": [("GET", "/tenant/north"), ("DELETE", "/tenant/north"), ("PUT", "/tenant/north")],
        "/tenant/north/user-members": [(m, "/tenant/north/user-members") for m in ("DELETE", "PUT")],
        "/tenant/north/group-members": [(m, "/tenant/north/group-members") for m in ("DELETE", "PUT")],
    }.items():
        links = api.call("OPTIONS", path).ok()["links"]
        assert [(link["method"], link["href"].split("/engine-rest")[1]) for link in links] == expected
