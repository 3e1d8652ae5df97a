"""/authorization: grants and revocations, what they give, and who may give them."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.rest.conftest import Api, user_task_process
from tests.rest.test_users import give, person
from workflow_engine.models import Authorization, Deployment, WorkerCredential
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services.authorization import (
    Resource,
    django_permissions,
    granted_definition_keys,
    is_granted,
    may,
    permissions_of,
)

START, VIEW_TASKS = "start_process", "view_usertask"
GRANT: dict[str, Any] = {
    "type": 1,
    "userId": "ada",
    "resourceType": 6,
    "resourceId": "pay",
    "permissions": ["READ", "CREATE_INSTANCE"],
}


@pytest.fixture
def ada(db: None) -> Api:
    return person("ada")


@pytest.fixture
def user(ada: Api) -> Any:
    return get_user_model().objects.get(username="ada")


def authorize(
    kind: int, whom: Any, *permissions: str, on: str = "*", resource: Resource = Resource.PROCESS_DEFINITION
) -> None:
    named = {} if whom is None else {"group": whom} if isinstance(whom, Group) else {"user": whom}
    Authorization.objects.create(
        type=kind, resource_type=resource, resource_id=on, permissions=list(permissions), **named
    )


class TestRows:
    def test_one_is_created_changed_and_deleted(self, api: Api, ada: Api) -> None:
        made = api.post("/authorization/create", GRANT).ok()
        assert made == {
            **GRANT, "id": made["id"], "groupId": None, "removalTime": None, "rootProcessInstanceId": None,
        }  # fmt: skip
        address = f"/authorization/{made['id']}"
        assert api.get(address).ok() == made
        Group.objects.create(name="sales")
        change = {"groupId": "sales", "resourceType": 7, "resourceId": "*", "permissions": ["READ"]}
        assert api.put(address, change).status == 204
        assert api.get(address).ok() == {**made, **change, "userId": None}
        assert api.delete(address).status == 204
        for answer in (api.get(address), api.delete(address), api.put(address, change), api.get("/authorization/x")):
            assert "does not exist" in answer.refused(404)

    def test_permissions_are_told_as_camunda_tells_them(self, api: Api, ada: Api) -> None:
        for number, (given, shown) in enumerate(
            {("ALL", "READ"): ["ALL"], ("NONE",): [], (): [], ("READ", "READ"): ["READ"]}.items()
        ):
            body = {**GRANT, "resourceId": str(number), "permissions": list(given)}
            assert api.post("/authorization/create", body).ok()["permissions"] == shown

    def test_for_everybody(self, api: Api) -> None:
        body = {**GRANT, "type": 0, "userId": "*"}
        assert api.post("/authorization/create", body).ok()["userId"] == "*"
        assert "already" in api.post("/authorization/create", body).refused(400, "BadUserRequestException")
        assert api.get("/authorization/count?userIdIn=*").ok() == {"count": 1}

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"type": None}, "'type' is missing"),
            ({"type": 3}, "Unrecognized authorization type '3'"),
            ({"userId": None}, "either have a 'userId' or a 'groupId'"),
            ({"groupId": "sales"}, "either have a 'userId' or a 'groupId'"),
            ({"userId": "nobody"}, "No user found"),
            ({"userId": None, "groupId": "none"}, "No group found"),
            ({"userId": "*"}, "its type must be 0"),
            ({"type": 0}, "Must be '*'"),
            ({"type": 0, "userId": None, "groupId": "sales"}, "Cannot use 'groupId'"),
            ({"resourceType": None}, "'resourceType' is missing"),
            ({"resourceType": 99}, "no resource type 99"),
            ({"resourceType": 0}, "no APPLICATION in this engine"),
            ({"resourceType": 10, "permissions": ["READ"]}, "no DECISION_DEFINITION in this engine"),
            ({"resourceType": 7, "permissions": ["READ"]}, "must be '*'"),
            ({"resourceId": None}, "'resourceId' is missing"),
            ({"permissions": None}, "'permissions'"),
            ({"permissions": ["FOO"]}, "'FOO' is not valid for 'PROCESS_DEFINITION'"),
            ({"permissions": ["ACCESS"]}, "'ACCESS' is not valid for 'PROCESS_DEFINITION'"),
        ],
    )
    def test_what_would_protect_nothing_is_refused(self, api: Api, ada: Api, change: dict[str, Any], says: str) -> None:
        Group.objects.create(name="sales")
        assert says in api.post("/authorization/create", {**GRANT, **change}).refused(400)
        assert not Authorization.objects.exists()

    def test_lists_and_counts(self, api: Api, ada: Api) -> None:
        sales = Group.objects.create(name="sales")
        made = api.post("/authorization/create", GRANT).ok()
        authorize(2, sales, "READ", resource=Resource.TASK)
        for query, expected in {
            "sortBy=resourceType&sortOrder=asc": [6, 7],
            "sortBy=resourceId&sortOrder=desc&maxResults=1": [6],
            f"id={made['id']}": [6],
            "id=nothing": [],
            "type=2": [7],
            "type=9": [],
            "userIdIn=ada,bob": [6],
            "groupIdIn=sales": [7],
            "resourceType=6": [6],
            "resourceType=99999999": [],
            "resourceId=pay": [6],
        }.items():
            assert [row["resourceType"] for row in api.get(f"/authorization?{query}").ok()] == expected, query
        assert api.get("/authorization/count?resourceId=pay").ok() == {"count": 1}
        assert "sortBy" in api.get("/authorization?sortBy=id&sortOrder=asc").refused(400)

    def test_they_go_with_their_user_and_are_nobody_elses(self, api: Api, user: Any) -> None:
        api.post("/authorization/create", GRANT).ok()
        user.delete()
        person("ada")
        assert not granted_definition_keys(get_user_model().objects.get(username="ada"), START)

    def test_every_method_has_its_permission(self, ada: Api) -> None:
        for method, path in (
            ("GET", "/authorization"), ("GET", "/authorization/count"), ("GET", "/authorization/x"),
            ("POST", "/authorization/create"), ("PUT", "/authorization/x"), ("DELETE", "/authorization/x"),
            ("OPTIONS", "/authorization"),
        ):  # fmt: skip
            ada.call(method, path, GRANT).refused(403, "AuthorizationException")
            assert Api().call(method, path, GRANT).status == 401

    def test_links(self, api: Api) -> None:
        links = api.call("OPTIONS", "/authorization").ok()["links"]
        assert [(link["method"], link["rel"]) for link in links] == [
            ("GET", "list"), ("GET", "count"), ("POST", "create"),
        ]  # fmt: skip
        assert [link["rel"] for link in api.call("OPTIONS", "/authorization/x").ok()["links"]] == [
            "self", "delete", "update",
        ]  # fmt: skip


class TestWhatTheyGive:
    def test_the_table_names_permissions_that_exist(self, db: None) -> None:
        from django.contrib.auth.models import Permission

        known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
        for resource in Resource:
            for name, given in (permissions_of(resource) or {}).items():
                assert set(given) <= known, (resource.name, name)
                assert django_permissions(resource, name) <= django_permissions(resource, "ALL")

    def test_of_one_definition(self, user: Any) -> None:
        authorize(1, user, "CREATE_INSTANCE", on="pay")
        authorize(1, user, "READ", on="hire")
        assert granted_definition_keys(user, START) == {"pay"}
        assert granted_definition_keys(user, f"workflow_engine.{START}") == {"pay"}
        assert granted_definition_keys(user, "view_processdefinition") == {"hire"}
        assert not is_granted(user, START)
        assert not may(user, START)

    def test_of_all_definitions_and_of_all_there_is(self, user: Any) -> None:
        authorize(1, user, "READ_TASK")
        assert granted_definition_keys(user, VIEW_TASKS) == {"*"}
        assert not is_granted(user, VIEW_TASKS)  # tasks without a process are not among them
        authorize(1, user, "READ", resource=Resource.TASK)
        assert is_granted(user, VIEW_TASKS)
        authorize(1, user, "CREATE", resource=Resource.PROCESS_INSTANCE)
        assert not granted_definition_keys(user, START)

    def test_of_groups_and_of_everybody(self, user: Any) -> None:
        sales = Group.objects.create(name="sales")
        authorize(1, sales, "CREATE_INSTANCE", on="pay")
        assert not granted_definition_keys(user, START)
        user.groups.add(sales)
        authorize(0, None, "CREATE_INSTANCE", on="ask")
        assert granted_definition_keys(user, START) == {"pay", "ask"}

    def test_the_nearest_decides(self, api: Api, user: Any) -> None:
        for key in ("pay", "hire", "fire"):
            api.deploy(user_task_process(key)).ok()
        sales = Group.objects.create(name="sales")
        user.groups.add(sales)
        authorize(0, None, "CREATE_INSTANCE")
        assert granted_definition_keys(user, START) == {"*"}
        authorize(2, sales, "CREATE_INSTANCE", on="pay")
        assert granted_definition_keys(user, START) == {"hire", "fire"}
        authorize(1, user, "ALL", on="pay")
        assert granted_definition_keys(user, START) == {"*"}
        authorize(2, user, "CREATE_INSTANCE", on="pay")
        assert granted_definition_keys(user, START) == {"hire", "fire"}
        authorize(2, user, "ALL")
        assert granted_definition_keys(user, START) == frozenset()

    def test_a_worker_has_those_of_its_user(self, user: Any) -> None:
        authorize(0, None, "CREATE_INSTANCE", on="ask")
        authorize(1, user, "CREATE_INSTANCE", on="pay")
        lent, _ = WorkerCredential.issue("lent", user=user)
        own, _ = WorkerCredential.issue("own")
        assert granted_definition_keys(WorkerPrincipal(lent), START) == {"pay", "ask"}
        assert not granted_definition_keys(WorkerPrincipal(own), START)

    def test_one_statement_asks(self, user: Any, django_assert_num_queries: Any) -> None:
        authorize(1, user, "CREATE_INSTANCE", on="pay")
        with django_assert_num_queries(1):
            granted_definition_keys(user, START)

    def test_the_api_obeys(self, api: Api, ada: Api, user: Any) -> None:
        for key in ("pay", "hire"):
            api.deploy(user_task_process(key)).ok()
        api.post("/authorization/create", {**GRANT, "permissions": ["READ", "CREATE_INSTANCE"]}).ok()
        assert [one["key"] for one in ada.get("/process-definition").ok()] == ["pay"]
        ada.start("pay")
        ada.post("/process-definition/key/hire/start").refused(404)
        ada.get("/deployment").refused(403)
        deployments = {**GRANT, "resourceType": 9, "resourceId": "*", "permissions": ["READ"]}
        api.post("/authorization/create", deployments).ok()
        assert len(ada.get("/deployment").ok()) == Deployment.objects.count() == 2

    def test_managing_users_can_be_given_too(self, api: Api, ada: Api) -> None:
        ada.get("/user").refused(403)
        users = {**GRANT, "resourceType": 1, "resourceId": "*", "permissions": ["READ"]}
        api.post("/authorization/create", users).ok()
        assert [one["id"] for one in ada.get("/user").ok()] == ["ada", "root"]


class TestNobodyGivesWhatHeHasNot:
    def test_grants(self, db: None) -> None:
        manager = person("manager", "workflow_engine.add_authorization", "workflow_engine.change_authorization")
        user = get_user_model().objects.get(username="manager")
        person("bob")
        mine = {**GRANT, "userId": "manager", "permissions": ["CREATE_INSTANCE"]}
        for body in (
            mine,
            {**mine, "userId": "bob"},
            {**mine, "type": 0, "userId": "*"},
            {**mine, "permissions": ["ALL"]},
        ):
            assert "Cannot give" in manager.post("/authorization/create", body).refused(403, "AuthorizationException")
        assert not Authorization.objects.exists()
        authorize(1, user, "CREATE_INSTANCE", on="pay")
        bobs = manager.post("/authorization/create", {**mine, "userId": "bob"}).ok()
        manager.post("/authorization/create", {**mine, "userId": "bob", "resourceId": "hire"}).refused(403)
        manager.put(f"/authorization/{bobs['id']}", {**mine, "userId": "bob", "resourceId": "*"}).refused(403)
        give(user, "workflow_engine.start_process")
        assert manager.put(f"/authorization/{bobs['id']}", {**mine, "userId": "bob", "resourceId": "*"}).status == 204

    def test_revocations_are_not_taken_back(self, db: None) -> None:
        manager = person(
            "manager", "workflow_engine.change_authorization", "workflow_engine.delete_authorization",
            "workflow_engine.add_authorization",
        )  # fmt: skip
        user = get_user_model().objects.get(username="manager")
        authorize(0, None, "CREATE_INSTANCE")
        authorize(2, user, "CREATE_INSTANCE", on="pay")
        address = f"/authorization/{Authorization.objects.get(type=2).pk}"
        assert "take back" in manager.delete(address).refused(403)
        less = {**GRANT, "userId": "manager", "permissions": []}
        assert "take back" in manager.put(address, less).refused(403)
        more = {**GRANT, "type": 2, "userId": "manager", "resourceId": "hire", "permissions": ["READ"]}
        manager.post("/authorization/create", more).ok()


class TestCheck:
    def check(self, client: Api, name: str, resource: Resource, **more: str) -> bool:
        asked = {"permissionName": name, "resourceName": resource.name, "resourceType": str(int(resource)), **more}
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        answer = client.get(f"/authorization/check?{query}").ok()
        assert answer == {
            "permissionName": name, "resourceName": resource.name, "resourceId": more.get("resourceId"),
            "authorized": answer["authorized"],
        }  # fmt: skip
        allowed: bool = answer["authorized"]
        return allowed

    def test_oneself(self, api: Api, ada: Api, user: Any) -> None:
        definition = Resource.PROCESS_DEFINITION
        assert self.check(api, "ALL", definition)
        assert not self.check(api, "ACCESS", Resource.APPLICATION, resourceId="cockpit")
        assert not self.check(ada, "CREATE_INSTANCE", definition)
        authorize(1, user, "CREATE_INSTANCE", on="pay")
        assert not self.check(ada, "CREATE_INSTANCE", definition)
        assert self.check(ada, "CREATE_INSTANCE", definition, resourceId="pay")
        assert not self.check(ada, "CREATE_INSTANCE", definition, resourceId="hire")
        assert not self.check(ada, "ALL", definition, resourceId="pay")
        give(user, "workflow_engine.start_process")
        assert self.check(ada, "CREATE_INSTANCE", definition)
        assert self.check(ada, "NONE", Resource.TASK)

    def test_one_task_and_one_instance(self, api: Api, ada: Api, user: Any) -> None:
        for key in ("pay", "hire"):
            api.deploy(user_task_process(key)).ok()
            api.start(key)
        tasks = {task["processDefinitionId"].split(":")[0]: task for task in api.get("/task").ok()}
        authorize(1, user, "READ_TASK", "READ_INSTANCE", on="pay")
        for key, allowed in (("pay", True), ("hire", False)):
            assert self.check(ada, "READ", Resource.TASK, resourceId=tasks[key]["id"]) is allowed
            instance = tasks[key]["processInstanceId"]
            assert self.check(ada, "READ", Resource.PROCESS_INSTANCE, resourceId=instance) is allowed
        assert not self.check(ada, "READ", Resource.TASK)
        assert not self.check(api, "READ", Resource.TASK, resourceId="nothing")

    def test_others(self, api: Api, ada: Api, user: Any) -> None:
        bob = person("bob")
        authorize(1, user, "READ", on="pay")
        asked = {"resourceId": "pay", "userId": "ada"}
        assert self.check(api, "READ", Resource.PROCESS_DEFINITION, **asked)
        assert not self.check(api, "DELETE", Resource.PROCESS_DEFINITION, **asked)
        path = "/authorization/check?permissionName=READ&resourceName=x&resourceType=6&userId="
        bob.get(f"{path}ada").refused(403)
        assert bob.get(f"{path}bob").ok()["authorized"] is False
        assert "does not exist" in api.get(f"{path}nobody").refused(404)
        assert Api().get(f"{path}ada").status == 401

    @pytest.mark.parametrize(
        ("query", "says"),
        [
            ("permissionName=READ&resourceName=x", "'resourceType' cannot be null"),
            ("permissionName=READ&resourceType=6", "'resourceName' cannot be null"),
            ("resourceName=x&resourceType=6", "'permissionName' cannot be null"),
            ("permissionName=BLA&resourceName=x&resourceType=6", "'BLA' is not valid for 'PROCESS_DEFINITION'"),
            ("permissionName=READ&resourceName=x&resourceType=99", "no resource type 99"),
            ("permissionName=READ&resourceName=x&resourceType=six", "resourceType"),
        ],
    )
    def test_what_cannot_be_asked(self, api: Api, query: str, says: str) -> None:
        assert says in api.get(f"/authorization/check?{query}").refused(400)
