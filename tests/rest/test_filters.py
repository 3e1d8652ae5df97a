"""/filter: stored queries of tasks, who sees them, and what they find."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.rest.conftest import Api, user_task_process
from tests.rest.test_users import give, person
from workflow_engine.models import Authorization, Filter

LISTS: dict[str, list[Any]] = {"taskVariables": [], "processVariables": [], "caseInstanceVariables": []}


def create(api: Api, name: str = "all", query: Any = None, **more: Any) -> dict[str, Any]:
    body = {"resourceType": "Task", "name": name, "query": query or {}, **more}
    made: dict[str, Any] = api.post("/filter/create", body).ok()
    return made


@pytest.fixture
def tasks(api: Api) -> list[str]:
    """Three waiting tasks; their ids."""
    api.deploy(user_task_process("paper", 'camunda:priority="${p}"')).ok()
    for priority in (10, 20, 30):
        api.start("paper", variables={"p": {"value": priority, "type": "Integer"}})
    return [task["id"] for task in api.get("/task?sortBy=priority&sortOrder=asc").ok()]


def test_a_filter_is_created_changed_and_deleted(api: Api) -> None:
    query = {
        "assigneeExpression": "${currentUser()}", "nameLike": "%A%", "priority": 5, "unassigned": True,
        "createdAfter": "2024-01-01T00:00:00.000+0000", "orQueries": [{"name": "a"}, {"owner": "o"}],
        "sorting": [{"sortBy": "name", "sortOrder": "asc"}], "unheardOf": 1, "owner": None,
    }  # fmt: skip
    made = create(api, "mine", query, owner="root", properties={"color": "#fff", "variables": [{"name": "a"}]})
    assert made == {
        "id": made["id"], "resourceType": "Task", "name": "mine", "owner": "root",
        "properties": {"color": "#fff", "variables": [{"name": "a"}]},
        "query": {
            **LISTS, "assigneeExpression": "${currentUser()}", "nameLike": "%A%", "priority": 5, "unassigned": True,
            "createdAfter": "2024-01-01T00:00:00.000+0000",
            "orQueries": [{**LISTS, "name": "a"}, {**LISTS, "owner": "o"}],
            "sorting": [{"sortBy": "name", "sortOrder": "asc"}],
        },
    }  # fmt: skip
    address = f"/filter/{made['id']}"
    assert api.get(address).ok() == made
    assert api.put(address, {"resourceType": "Task", "name": "other", "query": {}}).status == 204
    changed = {"name": "other", "owner": None, "query": {**LISTS, "orQueries": []}, "properties": {}}
    assert api.get(address).ok() == {**made, **changed}
    assert api.delete(address).status == 204
    for answer in (api.get(address), api.delete(address), api.put(address, {}), api.get(f"{address}/list")):
        assert "does not exist" in answer.refused(404)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"resourceType": None}, "resourceType"),
        ({"resourceType": "Foo"}, "invalid resource type"),
        ({"resourceType": "Execution"}, "invalid resource type"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "255"),
        ({"query": None}, "'query' is missing"),
        ({"query": []}, "'query' is not an object"),
        ({"properties": []}, "'properties' is not an object"),
        ({"properties": {"a": "x" * 100_000}}, "longer than"),
        ({"owner": "nobody"}, "owner"),
        ({"query": {"priority": "abc"}}, "'priority'"),
        ({"query": {"taskVariables": [{"name": "a", "operator": "bad", "value": 1}]}}, "operator"),
        ({"query": {"taskVariables": "a_eq_1"}}, "'taskVariables' is not a list"),
        ({"query": {"sorting": [{"sortBy": "bad", "sortOrder": "asc"}]}}, "'sortBy'"),
        ({"query": {"candidateUser": "a", "candidateGroup": "b"}}, "cannot set both"),
        ({"query": {"orQueries": {}}}, "orQueries"),
        ({"query": {"orQueries": [{"priority": "abc"}]}}, "'priority'"),
        ({"query": {"orQueries": [{}] * 21}}, "orQueries"),
        ({"query": {"assigneeExpression": "${"}}, "invalid expression"),
        ({"query": {"assigneeExpression": 5}}, "not an expression"),
    ],
)
def test_what_is_no_filter_is_refused(api: Api, change: dict[str, Any], says: str) -> None:
    body = {"resourceType": "Task", "name": "f", "query": {}, **change}
    assert says in api.post("/filter/create", body).refused(400)
    assert not Filter.objects.exists()
    made = create(api)
    if "resourceType" not in change or change["resourceType"]:
        assert api.put(f"/filter/{made['id']}", body).status == 400
    assert api.get(f"/filter/{made['id']}").ok() == made


def test_lists_and_counts(api: Api, tasks: list[str]) -> None:
    first = create(api, "urgent", {"minPriority": 20}, owner="root")
    second = create(api, "all of them")
    for query, expected in {
        f"filterId={second['id']}": ["all of them"],
        "filterId=none": [],
        "name=urgent": ["urgent"],
        "nameLike=%25of%25": ["all of them"],
        "owner=root": ["urgent"],
        "resourceType=Task&sortBy=name&sortOrder=desc": ["urgent", "all of them"],
        "sortBy=filterId&sortOrder=asc&maxResults=1": ["urgent"],
        "resourceType=Foo": [],
    }.items():
        assert [one["name"] for one in api.get(f"/filter?{query}").ok()] == expected, query
    assert api.get("/filter/count?owner=root").ok() == {"count": 1}
    counted = api.get("/filter?itemCount=true&sortBy=name&sortOrder=asc").ok()
    assert [one["itemCount"] for one in counted] == [3, 2]
    assert api.get(f"/filter/{first['id']}?itemCount=true").ok() == {**first, "itemCount": 2}
    assert "sortBy" in api.get("/filter?sortBy=query&sortOrder=asc").refused(400)


def test_running_a_filter(api: Api, tasks: list[str]) -> None:
    query = {"minPriority": 20, "sorting": [{"sortBy": "priority", "sortOrder": "desc"}]}
    address = f"/filter/{create(api, 'urgent', query)['id']}"

    def found(more: Any = None, page: str = "") -> list[str]:
        answer = api.get(f"{address}/list{page}") if more is None else api.post(f"{address}/list{page}", more)
        return [task["id"] for task in answer.ok()]

    _, second, third = tasks
    assert found() == [third, second]
    assert api.get(f"{address}/list").ok()[0] == api.get(f"/task/{third}").ok()
    assert found(page="?firstResult=1&maxResults=5") == [second]
    assert found({"maxPriority": 20}) == [second]
    assert found({"minPriority": 5, "sorting": [{"sortBy": "name", "sortOrder": "asc"}]}) == tasks[::-1]
    assert found({"orQueries": [{"taskId": second}]}) == [second]
    assert api.get(f"{address}/count").ok() == {"count": 2}
    assert api.post(f"{address}/count", {"taskId": third}).ok() == {"count": 1}
    assert "single result" in api.get(f"{address}/singleResult").refused(400)
    assert api.post(f"{address}/singleResult", {"taskId": third}).ok()["id"] == third
    assert api.post(f"{address}/singleResult", {"taskId": tasks[0]}).status == 204
    assert "'priority'" in api.post(f"{address}/count", {"priority": "x"}).refused(400)
    assert "Expressions are forbidden" in api.post(f"{address}/count", {"assigneeExpression": "${1}"}).refused(400)
    assert api.post(f"{address}/count", []).status == 400
    assert api.get(f"{address}/list?maxResults=x").status == 400


def test_variables_of_both_queries_count(api: Api, tasks: list[str]) -> None:
    def least(value: int) -> dict[str, Any]:
        return {"processVariables": [{"name": "p", "operator": "gteq", "value": value}]}

    address = f"/filter/{create(api, 'vars', least(20))['id']}"
    assert api.get(f"{address}/count").ok() == {"count": 2}
    assert api.post(f"{address}/count", least(30)).ok() == {"count": 1}
    assert api.post(f"{address}/count", least(5)).ok() == {"count": 2}


def test_a_filter_may_sort_by_a_variable(api: Api, tasks: list[str]) -> None:
    for order, expected in (("asc", tasks), ("desc", tasks[::-1])):
        by = {"sortBy": "processVariable", "sortOrder": order, "parameters": {"variable": "p", "type": "Integer"}}
        made = create(api, order, {"sorting": [by]})
        assert made["query"]["sorting"] == [by]
        assert [task["id"] for task in api.get(f"/filter/{made['id']}/list").ok()] == expected


def test_expressions_are_those_of_who_runs_the_filter(api: Api, tasks: list[str]) -> None:
    ada = person("ada", "workflow_engine.view_usertask", "workflow_engine.view_filter")
    get_user_model().objects.get(username="ada").groups.add(Group.objects.create(name="sales"))
    api.post(f"/task/{tasks[0]}/assignee", {"userId": "ada"})
    api.post(f"/task/{tasks[1]}/identity-links", {"groupId": "sales", "type": "candidate"})
    mine = create(api, "mine", {"assigneeExpression": "${currentUser()}"})["id"]
    ours = create(api, "ours", {"candidateGroupsExpression": "${currentUserGroups()}"})["id"]
    young = create(api, "young", {"createdBeforeExpression": "${dateTime().plusDays(1)}"})["id"]
    broken = create(api, "broken", {"ownerExpression": "${unknown}"})["id"]

    def found(client: Api, filter_id: str) -> list[str]:
        return [task["id"] for task in client.get(f"/filter/{filter_id}/list").ok()]

    assert found(ada, mine) == [tasks[0]]
    assert found(ada, ours) == [tasks[1]]
    assert found(api, mine) == []
    assert api.get(f"/filter/{young}/count").ok() == {"count": 3}
    assert "ownerExpression" in api.get(f"/filter/{broken}/count").refused(400)
    assert found(api, mine) == []
    assert api.post(f"/filter/{mine}/count", {"assignee": "ada"}).ok() == {"count": 1}


def test_others_filters_are_hidden(api: Api, tasks: list[str]) -> None:
    ada = person("ada", "workflow_engine.view_usertask")
    own, other = create(api, "hers", owner="ada")["id"], create(api, "other", owner="root")["id"]
    ada.post("/filter/create", {"resourceType": "Task", "name": "x", "query": {}}).refused(403)
    assert [one["id"] for one in ada.get("/filter").ok()] == [own]
    assert ada.get("/filter/count").ok() == {"count": 1}
    for call in (ada.get(f"/filter/{other}"), ada.get(f"/filter/{other}/list"), ada.delete(f"/filter/{other}")):
        call.refused(404)
    assert ada.get(f"/filter/{own}/count").ok() == {"count": 3}
    assert ada.put(f"/filter/{own}", {"name": "hers", "owner": "ada", "query": {}}).status == 204
    user = get_user_model().objects.get(username="ada")
    Authorization.objects.create(type=1, user=user, resource_type=5, resource_id=other, permissions=["READ"])
    assert ada.get(f"/filter/{other}/count").ok() == {"count": 3}
    ada.delete(f"/filter/{other}").refused(403, "AuthorizationException")
    Authorization.objects.update(permissions=["ALL"])
    assert ada.delete(f"/filter/{other}").status == 204
    assert ada.delete(f"/filter/{own}").status == 204


def test_a_filter_shows_no_task_that_its_user_may_not_see(api: Api, tasks: list[str]) -> None:
    api.deploy(user_task_process("secret")).ok()
    api.start("secret")
    ada, bob = person("ada", "workflow_engine.view_filter"), person("bob", "workflow_engine.view_filter")
    filter_id = create(api)["id"]
    assert ada.get(f"/filter/{filter_id}").ok()["name"] == "all"
    for path in ("list", "count", "singleResult"):
        ada.get(f"/filter/{filter_id}/{path}").refused(403)
    ada.get("/filter?itemCount=true").refused(403)
    user = get_user_model().objects.get(username="bob")
    Authorization.objects.create(type=1, user=user, resource_type=6, resource_id="paper", permissions=["READ_TASK"])
    assert bob.get(f"/filter/{filter_id}/count").ok() == {"count": 3}
    assert [one["itemCount"] for one in bob.get("/filter?itemCount=true").ok()] == [3]
    assert {task["id"] for task in bob.get(f"/filter/{filter_id}/list").ok()} == set(tasks)
    # Conditions on variables tell of their values.
    asked = {"processVariables": [{"name": "p", "operator": "eq", "value": 10}]}
    bob.post(f"/filter/{filter_id}/count", asked).refused(403)
    give(user, "workflow_engine.view_variables")
    assert bob.post(f"/filter/{filter_id}/count", asked).ok() == {"count": 1}


def test_links(api: Api) -> None:
    filter_id = create(api)["id"]
    links = api.call("OPTIONS", "/filter").ok()["links"]
    assert [(link["method"], link["rel"]) for link in links] == [("GET", "list"), ("GET", "count"), ("POST", "create")]
    links = api.call("OPTIONS", f"/filter/{filter_id}").ok()["links"]
    assert [(link["method"], link["rel"]) for link in links] == [
        ("GET", "self"), ("GET", "singleResult"), ("POST", "singleResult"), ("GET", "list"), ("POST", "list"),
        ("GET", "count"), ("POST", "count"), ("DELETE", "delete"), ("PUT", "update"),
    ]  # fmt: skip
    assert links[1]["href"].endswith(f"/engine-rest/filter/{filter_id}/singleResult")


def test_anonymous_sees_nothing(anonymous: Api) -> None:
    for method, path in (
        ("GET", "/filter"), ("GET", "/filter/count"), ("POST", "/filter/create"), ("GET", "/filter/x"),
        ("PUT", "/filter/x"), ("DELETE", "/filter/x"), ("GET", "/filter/x/list"), ("POST", "/filter/x/count"),
    ):  # fmt: skip
        assert anonymous.call(method, path, {}).status == 401
