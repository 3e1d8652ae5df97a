"""/user: the site's users through the API, and what nobody gets by it."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from tests.rest.conftest import Api, basic, user_task_process
from workflow_engine.models import Authorization, Tenant, UserOperationLog, WorkerCredential

PASSWORD = "correct horse 7"
FIELDS = {"id", "firstName", "lastName", "email"}


def person(name: str, *permissions: str, **fields: Any) -> Api:
    """Somebody with these permissions ("auth.add_user"), and a client that acts for him."""
    user = get_user_model().objects.create_user(name, password=PASSWORD, **fields)
    give(user, *permissions)
    return Api(basic(name, PASSWORD))


def give(user: Any, *permissions: str) -> None:
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


def create(api: Api, name: str, **profile: Any) -> Any:
    return api.post("/user/create", {"profile": {"id": name, **profile}, "credentials": {"password": PASSWORD}})


@pytest.fixture
def users(api: Api) -> None:
    assert create(api, "ada", firstName="Ada", lastName="Lovelace", email="ada@example.org").status == 204
    assert create(api, "bob", firstName="Bob").status == 204


def test_a_user_is_created_with_profile_and_password(api: Api, users: None) -> None:
    profile = {"id": "ada", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org"}
    assert api.get("/user/ada/profile").ok() == profile
    ada = get_user_model().objects.get(username="ada")
    assert ada.check_password(PASSWORD)
    assert not ada.is_staff
    assert not ada.is_superuser
    assert not ada.get_all_permissions()
    assert api.get("/user/bob/profile").ok() == {"id": "bob", "firstName": "Bob", "lastName": None, "email": None}
    assert api.post("/user/create", {"profile": {"id": "nopassword"}}).status == 204
    assert not get_user_model().objects.get(username="nopassword").has_usable_password()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "profile information"),
        ({"profile": {"firstName": "x"}}, "profile information"),
        ({"profile": {"id": "ada"}}, "already exists"),
        ({"profile": {"id": "no spaces allowed"}}, "username"),
        ({"profile": {"id": "x" * 200}}, "username"),
        ({"profile": {"id": "new", "email": "no address"}}, "email"),
        ({"profile": {"id": "new"}, "credentials": {"password": "12345"}}, "too short"),
        ({"profile": {"id": "newcomer1"}, "credentials": {"password": "newcomer1"}}, "too similar"),
        ({"profile": []}, "object"),
    ],
)
def test_what_is_no_user_is_refused_and_nothing_is_stored(api: Api, users: None, body: Any, says: str) -> None:
    before = get_user_model().objects.count()
    assert says in api.post("/user/create", body).refused(400)
    assert get_user_model().objects.count() == before


def test_lists_and_counts(api: Api, users: None) -> None:
    assert [user["id"] for user in api.get("/user").ok()] == ["ada", "bob", "root"]
    assert all(set(user) == FIELDS for user in api.get("/user").ok())
    assert api.get("/user/count").ok() == {"count": 3}
    for query, expected in {
        "id=ada": ["ada"],
        "idIn=ada,bob,nobody": ["ada", "bob"],
        "firstName=Ada": ["ada"],
        "firstNameLike=%25b": ["bob"],
        "lastName=Lovelace": ["ada"],
        "lastNameLike=Love%25": ["ada"],
        "email=ada@example.org": ["ada"],
        "emailLike=%25@example.org": ["ada"],
        "memberOfGroup=none": [],
        "memberOfTenant=none": [],
        "sortBy=userId&sortOrder=desc": ["root", "bob", "ada"],
        "sortBy=firstName&sortOrder=asc&maxResults=1&firstResult=1": ["ada"],
    }.items():
        assert [user["id"] for user in api.get(f"/user?{query}").ok()] == expected, query
    assert "sortBy" in api.get("/user?sortBy=password&sortOrder=asc").refused(400)
    assert "pbkdf2" not in str(api.get("/user").content)


def test_members_of_groups_and_tenants(api: Api, users: None) -> None:
    ada = get_user_model().objects.get(username="ada")
    ada.groups.add(Group.objects.create(name="sales"))
    Tenant.objects.create(pk="north").users.add(ada)
    assert [user["id"] for user in api.get("/user?memberOfGroup=sales").ok()] == ["ada"]
    assert [user["id"] for user in api.get("/user?memberOfTenant=north").ok()] == ["ada"]


def test_potential_starters_have_the_permission_or_an_authorization(api: Api, users: None) -> None:
    [definition] = api.deploy(user_task_process("startable")).ok()["deployedProcessDefinitions"]

    def starters() -> list[str]:
        return [user["id"] for user in api.get(f"/user?potentialStarter={definition}").ok()]

    assert starters() == ["root"]
    ada, bob = (get_user_model().objects.get(username=name) for name in ("ada", "bob"))
    give(ada, "workflow_engine.start_process")
    sales = Group.objects.create(name="sales")
    bob.groups.add(sales)
    grant = Authorization.objects.create(
        type=1, group=sales, resource_type=6, resource_id="startable", permissions=["CREATE_INSTANCE"]
    )
    assert starters() == ["ada", "bob", "root"]
    Authorization.objects.create(type=2, user=bob, resource_type=6, resource_id="*", permissions=["ALL"])
    assert starters() == ["ada", "root"]
    grant.resource_id = "other"
    grant.save()
    Authorization.objects.filter(type=2).delete()
    assert starters() == ["ada", "root"]
    Authorization.objects.create(type=0, resource_type=6, resource_id="*", permissions=["CREATE_INSTANCE"])
    assert starters() == ["ada", "bob", "root"]
    assert api.get("/user?potentialStarter=nothing").ok() == []


def test_a_profile_is_replaced(api: Api, users: None) -> None:
    assert api.put("/user/ada/profile", {"id": "ada", "firstName": "Augusta"}).status == 204
    assert api.get("/user/ada/profile").ok() == {"id": "ada", "firstName": "Augusta", "lastName": None, "email": None}
    assert "cannot be changed" in api.put("/user/ada/profile", {"id": "eve"}).refused(400)
    assert "does not exist" in api.put("/user/nobody/profile", {}).refused(404)
    assert "does not exist" in api.get("/user/nobody/profile").refused(404)


def test_changing_a_password_needs_that_of_the_caller(api: Api, users: None) -> None:
    body = {"password": "another horse 8"}
    assert "authenticated user password" in api.put("/user/ada/credentials", body).refused(400)
    body["authenticatedUserPassword"] = "wrong"
    assert "authenticated user password" in api.put("/user/ada/credentials", body).refused(400)
    body["authenticatedUserPassword"] = "secret"
    assert api.put("/user/ada/credentials", body).status == 204
    assert get_user_model().objects.get(username="ada").check_password("another horse 8")
    assert "too short" in api.put("/user/ada/credentials", {**body, "password": "abc"}).refused(400)
    assert "password" in api.put("/user/ada/credentials", {}).refused(400)
    assert api.put("/user/nobody/credentials", body).refused(404)


def test_everybody_has_his_own_profile_and_password(db: None) -> None:
    ada = person("ada")
    assert ada.get("/user/ada/profile").ok()["id"] == "ada"
    assert ada.put("/user/ada/profile", {"firstName": "Ada"}).status == 204
    change = {"password": "another horse 8", "authenticatedUserPassword": PASSWORD}
    assert ada.put("/user/ada/credentials", change).status == 204
    assert get_user_model().objects.get(username="ada").check_password("another horse 8")
    assert ada.get("/user/ada/profile").status == 401
    ada = Api(basic("ada", "another horse 8"))
    for answer in (ada.delete("/user/ada"), ada.get("/user"), ada.post("/user/ada/unlock"), create(ada, "eve")):
        answer.refused(403, "AuthorizationException")


def test_the_token_of_a_worker_is_not_its_user(db: None) -> None:
    person("ada")
    user = get_user_model().objects.get(username="ada")
    _, token = WorkerCredential.issue("worker", user=user)
    worker = Api(f"Bearer {token}")
    worker.put("/user/ada/profile", {"email": "thief@example.org"}).refused(403)
    worker.put("/user/ada/credentials", {"password": "another horse 8", "authenticatedUserPassword": PASSWORD}).refused(
        403
    )
    give(user, "auth.change_user", "auth.delete_user")
    assert "is not its user" in worker.put("/user/ada/profile", {"email": "thief@example.org"}).refused(403)
    assert "is not its user" in worker.delete("/user/ada").refused(403)
    user.refresh_from_db()
    assert user.email == ""
    assert user.check_password(PASSWORD)


def test_nobody_takes_over_who_may_do_more(db: None) -> None:
    get_user_model().objects.create_superuser("root", password="secret")
    manager = person("manager", "auth.change_user", "auth.view_user", "auth.delete_user")
    person("clerk")
    person("boss", "workflow_engine.deploy")
    person("staff", is_staff=True)
    person("granted")
    granted = get_user_model().objects.get(username="granted")
    Authorization.objects.create(
        type=1, user=granted, resource_type=6, resource_id="pay", permissions=["CREATE_INSTANCE"]
    )
    person("tenant")
    Tenant.objects.create(pk="north").users.add(get_user_model().objects.get(username="tenant"))
    person("gone", "workflow_engine.deploy", is_active=False)
    password = {"password": "another horse 8", "authenticatedUserPassword": PASSWORD}
    for name in ("root", "boss", "staff", "granted", "tenant", "gone"):
        for answer in (
            manager.put(f"/user/{name}/credentials", password),
            manager.put(f"/user/{name}/profile", {"email": "thief@example.org"}),
            manager.post(f"/user/{name}/unlock"),
            manager.delete(f"/user/{name}"),
        ):
            assert "Cannot change user" in answer.refused(403, "AuthorizationException"), name
        user = get_user_model().objects.get(username=name)
        assert not user.check_password("another horse 8")
        assert user.email == ""
    assert manager.put("/user/clerk/credentials", password).status == 204
    assert manager.put("/user/clerk/profile", {"email": "clerk@example.org"}).status == 204
    assert manager.delete("/user/clerk").status == 204


def test_deleting_and_unlocking(api: Api, users: None) -> None:
    get_user_model().objects.filter(username="ada").update(is_active=False)
    assert api.post("/user/ada/unlock").status == 204
    assert get_user_model().objects.get(username="ada").is_active
    assert api.delete("/user/ada").status == 204
    assert not get_user_model().objects.filter(username="ada").exists()
    for answer in (api.delete("/user/ada"), api.post("/user/ada/unlock")):
        assert "User with id ada does not exist" in answer.refused(404)


def test_changes_are_in_the_operation_log(api: Api, users: None) -> None:
    api.delete("/user/ada")
    rows = UserOperationLog.objects.filter(entity_type="User", user_id="root").order_by("timestamp", "id")
    assert [(row.operation_type, row.new_value) for row in rows] == [
        ("Create", "ada"), ("Create", "bob"), ("Delete", "ada"),
    ]  # fmt: skip
    assert {row.category for row in rows} == {"Admin"}


def test_links_show_what_one_may_do(api: Api, users: None) -> None:
    links = api.call("OPTIONS", "/user").ok()["links"]
    assert [(link["method"], link["rel"]) for link in links] == [("GET", "list"), ("GET", "count"), ("POST", "create")]
    assert [link["href"].split("/engine-rest")[1] for link in links] == ["/user", "/user/count", "/user/create"]
    links = api.call("OPTIONS", "/user/ada").ok()["links"]
    assert [(link["method"], link["rel"], link["href"].split("/engine-rest")[1]) for link in links] == [
        ("GET", "self", "/user/ada/profile"), ("DELETE", "delete", "/user/ada"), ("PUT", "update", "/user/ada/profile"),
    ]  # fmt: skip
    viewer = person("viewer", "auth.view_user")
    assert [link["rel"] for link in viewer.call("OPTIONS", "/user").ok()["links"]] == ["list", "count"]
    assert [link["rel"] for link in viewer.call("OPTIONS", "/user/ada").ok()["links"]] == ["self"]


def test_anonymous_sees_nothing(anonymous: Api) -> None:
    for method, path in (
        ("GET", "/user"), ("GET", "/user/count"), ("POST", "/user/create"), ("GET", "/user/root/profile"),
        ("PUT", "/user/root/profile"), ("PUT", "/user/root/credentials"), ("DELETE", "/user/root"),
        ("POST", "/user/root/unlock"), ("OPTIONS", "/user"), ("OPTIONS", "/user/root"),
    ):  # fmt: skip
        assert anonymous.call(method, path, {}).status == 401, (method, path)


class TestIdentity:
    def test_groups_and_who_shares_them(self, api: Api, users: None) -> None:
        sales = Group.objects.create(name="sales")
        for name in ("ada", "bob"):
            get_user_model().objects.get(username=name).groups.add(sales)
        assert api.get("/identity/groups?userId=ada").ok() == {
            "groups": [{"id": "sales", "name": None}],
            "groupUsers": [{"id": "bob", "firstName": "Bob", "lastName": None, "displayName": "Bob"}],
        }
        assert api.get("/identity/groups?userId=nobody").ok() == {"groups": [], "groupUsers": []}
        assert "No user id" in api.get("/identity/groups").refused(400)
        ada = Api(basic("ada", PASSWORD))
        assert ada.get("/identity/groups?userId=ada").ok() == {
            "groups": [{"id": "sales", "name": None}], "groupUsers": [],
        }  # fmt: skip
        ada.get("/identity/groups?userId=bob").refused(403)

    def test_verifying_a_password(self, api: Api, users: None) -> None:
        right = api.post("/identity/verify", {"username": "ada", "password": PASSWORD}).ok()
        assert right == {"authenticatedUser": "ada", "groups": None, "tenants": None, "authenticated": True}
        for name in ("ada", "nobody"):
            asked = {"username": name, "password": "wrong"}
            assert api.post("/identity/verify", asked).ok()["authenticated"] is False
        assert "required" in api.post("/identity/verify", {"username": "ada"}).refused(400)
        get_user_model().objects.filter(username="ada").update(is_active=False)
        asked = {"username": "ada", "password": PASSWORD}
        assert api.post("/identity/verify", asked).ok()["authenticated"] is False
        Api(basic("bob", PASSWORD)).post("/identity/verify", asked).refused(403)

    def test_the_password_policy_is_that_of_the_site(self, api: Api, settings: Any) -> None:
        module = "django.contrib.auth.password_validation"
        settings.AUTH_PASSWORD_VALIDATORS = [
            {"NAME": f"{module}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
            {"NAME": f"{module}.UserAttributeSimilarityValidator"},
            {"NAME": f"{module}.CommonPasswordValidator"},
        ]
        length, similar, common = api.get("/identity/password-policy").ok()["rules"]
        assert length == {"placeholder": "PASSWORD_POLICY_LENGTH", "parameter": {"minLength": "10"}}
        assert similar["placeholder"] == "PASSWORD_POLICY_USER_DATA"
        assert common["placeholder"] == "PASSWORD_POLICY_COMMON_PASSWORD"
        profile = {"id": "lovelace", "firstName": "Ada"}
        for password, valid in (("short", [False, True, True]), ("lovelace1x", [True, False, True])):
            asked = {"password": password, "profile": profile}
            answer = api.post("/identity/password-policy", asked).ok()
            assert [rule["valid"] for rule in answer["rules"]] == valid
            assert answer["valid"] is False
        assert api.post("/identity/password-policy", {"password": PASSWORD}).ok()["valid"] is True
        settings.AUTH_PASSWORD_VALIDATORS = []
        assert api.get("/identity/password-policy").refused(404)
        assert api.post("/identity/password-policy", {"password": "x"}).refused(404)
