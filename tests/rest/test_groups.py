"""/group: the site's groups and their members through the API."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from tests.rest.conftest import Api
from tests.rest.test_users import person
from workflow_engine.models import Authorization, Tenant


@pytest.fixture
def groups(api: Api) -> None:
    assert api.post("/group/create", {"id": "sales", "name": "Sales", "type": "WORKFLOW"}).status == 204
    assert api.post("/group/create", {"id": "accounting"}).status == 204


def test_a_group_is_created_changed_and_deleted(api: Api, groups: None) -> None:
    assert api.get("/group/sales").ok() == {"id": "sales", "name": "Sales", "type": "WORKFLOW"}
    assert api.get("/group/accounting").ok() == {"id": "accounting", "name": None, "type": None}
    assert not Group.objects.get(name="sales").permissions.exists()
    assert api.put("/group/sales", {"id": "sales", "name": "Selling"}).status == 204
    assert api.get("/group/sales").ok() == {"id": "sales", "name": "Selling", "type": None}
    assert api.delete("/group/sales").status == 204
    assert "does not exist" in api.delete("/group/sales").refused(404)
    assert "does not exist" in api.get("/group/sales").refused(404)
    assert "does not exist" in api.put("/group/sales", {"name": "x"}).refused(404)


def test_a_group_that_the_site_made_has_neither_name_nor_type(api: Api) -> None:
    Group.objects.create(name="from the admin")
    address = "/group/from%20the%20admin"
    assert api.get(address).ok() == {"id": "from the admin", "name": None, "type": None}
    assert api.put(address, {"type": "SYSTEM"}).status == 204
    assert api.get(address).ok()["type"] == "SYSTEM"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "'id' is missing"),
        ({"id": "sales"}, "already exists"),
        ({"id": "x" * 200}, "150"),
        ({"id": "new", "name": "x" * 300}, "255"),
        ({"id": ["new"]}, "not a text"),
    ],
)
def test_what_is_no_group_is_refused_and_nothing_is_stored(api: Api, groups: None, body: Any, says: str) -> None:
    assert says in api.post("/group/create", body).refused(400)
    assert Group.objects.count() == 2


def test_the_id_of_a_group_stays(api: Api, groups: None) -> None:
    assert "cannot be changed" in api.put("/group/sales", {"id": "accounting"}).refused(400)


def test_lists_and_counts(api: Api, groups: None) -> None:
    for query, expected in {
        "": ["accounting", "sales"],
        "id=sales": ["sales"],
        "idIn=sales,accounting,none": ["accounting", "sales"],
        "name=Sales": ["sales"],
        "nameLike=S%25": ["sales"],
        "type=WORKFLOW": ["sales"],
        "member=nobody": [],
        "memberOfTenant=none": [],
        "sortBy=id&sortOrder=desc": ["sales", "accounting"],
        "sortBy=name&sortOrder=asc": ["sales", "accounting"],
        "sortBy=type&sortOrder=asc&maxResults=1": ["sales"],
    }.items():
        assert [group["id"] for group in api.get(f"/group?{query}").ok()] == expected, query
    assert api.get("/group/count?type=WORKFLOW").ok() == {"count": 1}
    assert api.post("/group/count", {"idIn": ["sales", "accounting"]}).ok() == {"count": 2}
    asked = {"nameLike": "%a%", "sorting": [{"sortBy": "id", "sortOrder": "asc"}]}
    assert [group["id"] for group in api.post("/group", asked).ok()] == ["sales"]
    assert "sortBy" in api.get("/group?sortBy=permissions&sortOrder=asc").refused(400)


def test_members(api: Api, groups: None) -> None:
    person("ada")
    for _ in range(2):
        assert api.put("/group/sales/members/ada").status == 204
    assert [group["id"] for group in api.get("/group?member=ada").ok()] == ["sales"]
    Tenant.objects.create(pk="north").groups.add(Group.objects.get(name="sales"))
    assert [group["id"] for group in api.get("/group?memberOfTenant=north").ok()] == ["sales"]
    for _ in range(2):
        assert api.delete("/group/sales/members/ada").status == 204
    assert api.get("/group?member=ada").ok() == []
    assert "User with id nobody" in api.put("/group/sales/members/nobody").refused(404)
    assert "Group with id none" in api.put("/group/none/members/ada").refused(404)
    assert api.delete("/group/none/members/ada").refused(404)
    assert api.delete("/group/sales/members/nobody").refused(404)


def test_nobody_gains_by_a_group(db: None) -> None:
    manager = person("manager", "auth.change_user", "auth.delete_group")
    user = get_user_model().objects.get(username="manager")
    harmless, strong, granted, tenant, revoked = (
        Group.objects.create(name=name) for name in ("harmless", "strong", "granted", "tenant", "revoked")
    )
    strong.permissions.add(Permission.objects.get(codename="deploy"))
    for kind, group in ((1, granted), (2, revoked)):
        Authorization.objects.create(
            type=kind, group=group, resource_type=6, resource_id="pay", permissions=["CREATE_INSTANCE"]
        )
    Tenant.objects.create(pk="north").groups.add(tenant)
    user.groups.add(revoked)
    for name in ("strong", "granted", "tenant"):
        assert "members of group" in manager.put(f"/group/{name}/members/manager").refused(403)
    assert "members of group" in manager.delete("/group/revoked/members/manager").refused(403)
    assert "Cannot delete group" in manager.delete("/group/revoked").refused(403)
    assert list(user.groups.all()) == [revoked]
    assert manager.put("/group/harmless/members/manager").status == 204
    assert harmless in user.groups.all()


def test_every_method_has_its_permission(db: None) -> None:
    Group.objects.create(name="sales")
    nobody, viewer = person("nobody"), person("viewer", "auth.view_group")
    for method, path in (
        ("GET", "/group"), ("POST", "/group"), ("GET", "/group/count"), ("GET", "/group/sales"),
        ("POST", "/group/create"), ("PUT", "/group/sales"), ("DELETE", "/group/sales"),
        ("PUT", "/group/sales/members/nobody"), ("DELETE", "/group/sales/members/nobody"), ("OPTIONS", "/group"),
    ):  # fmt: skip
        nobody.call(method, path, {"id": "new"}).refused(403, "AuthorizationException")
        assert Api().call(method, path, {}).status == 401
    assert viewer.get("/group/sales").ok()["id"] == "sales"
    viewer.put("/group/sales", {"name": "x"}).refused(403)
    assert person("adder", "auth.add_group").post("/group/create", {"id": "new"}).status == 204


def test_links(api: Api, groups: None) -> None:
    def links(path: str) -> list[tuple[str, str, str]]:
        found = api.call("OPTIONS", path).ok()["links"]
        return [(link["method"], link["rel"], link["href"].split("/engine-rest")[1]) for link in found]

    assert links("/group") == [
        ("GET", "list", "/group"), ("GET", "count", "/group/count"), ("POST", "create", "/group/create"),
    ]  # fmt: skip
    assert links("/group/sales") == [
        ("GET", "self", "/group/sales"), ("DELETE", "delete", "/group/sales"), ("PUT", "update", "/group/sales"),
    ]  # fmt: skip
    assert links("/group/sales/members") == [
        ("DELETE", "delete", "/group/sales/members"), ("PUT", "create", "/group/sales/members"),
    ]  # fmt: skip
