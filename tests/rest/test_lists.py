"""List and count requests: every parameter of every resource, sorting, paging, like, variables."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rest.conftest import Api, user_task_process
from workflow_engine.rest import urls
from workflow_engine.rest.listing.views import CountView, ListView, QueryView

TEXTS = (
    "true", "false", "x", "5", "-1", "a,b", "", "%", "2026-01-02T03:04:05.000+0000", "n_eq_5", "n_like_%", "gt_2026-01-02T03:04:05.000+0000",
    "PENDING", "01890000-0000-7000-8000-000000000000", "' OR 1=1", "ü",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    True, "x", 5, -1, 2**63 - 1, 1.5, [], ["a", "b"], {}, [[]], [None], [{"name": "n", "operator": "eq", "value": 5}],
    [{"name": "n", "operator": "like", "value": "a%"}], [{"name": "n", "operator": "neq", "value": None}],
    [{"name": "n", "operator": "gteq", "value": 1.5}], [{"name": "n", "operator": "eq", "value": True}],
    [{"name": "n", "operator": "eq", "value": {}}], [{}],
)  # fmt: skip


def views() -> dict[str, type[QueryView]]:
    found = {}
    for pattern in urls._patterns:
        view = getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, QueryView) and "<" not in str(pattern.pattern):
            found[f"/{pattern.pattern}"] = view
    return found


def test_there_are_lists() -> None:
    assert sum(issubclass(view, ListView) for view in views().values()) >= 20
    assert sum(issubclass(view, CountView) for view in views().values()) >= 20


LISTS = sorted(path for path, view in views().items() if issubclass(view, ListView))


@pytest.mark.parametrize("path", LISTS)
def test_every_parameter(api: Api, path: str) -> None:
    view = views()[path]
    for name in view.query.parameters:
        statuses = [api.client.get(f"/engine-rest{path}", {name: text}).status_code for text in TEXTS]
        assert set(statuses) <= {200, 400}, (name, statuses)
        # Some need a language of their own, or another parameter beside them.
        assert 200 in statuses or name.endswith("Expression") or name == "variableValue", name
        if "post" in view.http_method_names:
            for value in VALUES:
                assert api.post(path, {name: value}).status in (200, 400), (name, value)
    api.get(f"{path}?noSuchParameter=1").ok()
    if f"{path}/count" in views():
        assert api.get(f"{path}/count?noSuchParameter=1").ok()["count"] >= 0


@pytest.mark.parametrize("path", LISTS)
def test_sorting_and_paging(api: Api, path: str) -> None:
    for name in views()[path].query.sortings:
        for order in ("asc", "desc"):
            api.get(f"{path}?sortBy={name}&sortOrder={order}&firstResult=0&maxResults=1").ok()
    assert "sortOrder" in api.get(f"{path}?sortBy=x").refused(400)
    assert "sortBy" in api.get(f"{path}?sortOrder=asc").refused(400)
    for bad in ("sortBy=nope&sortOrder=asc", "sortBy=pk;--&sortOrder=asc", "firstResult=x", "maxResults=1.5"):
        api.get(f"{path}?{bad}").refused(400)
    assert api.get(f"{path}?maxResults=0").ok() == []
    assert api.get(f"{path}?firstResult=-1&maxResults=999999999").status == 200


@pytest.fixture
def instances(api: Api) -> list[str]:
    """Three instances: business keys a_1, a%2, B3; variables n = 1, 2, 3 and name = Ada, ada, Bob."""
    api.deploy(user_task_process("human")).ok()
    return [
        str(api.start("human", businessKey=key, variables={"n": {"value": n}, "name": {"value": name}})["id"])
        for n, (key, name) in enumerate((("a_1", "Ada"), ("a%2", "ada"), ("B3", "Bob")), 1)
    ]


def found(api: Api, instances: list[str], body: dict[str, Any]) -> list[int]:
    rows = api.post("/process-instance", body).ok()
    assert api.post("/process-instance/count", body).ok() == {"count": len(rows)}
    return sorted(instances.index(row["id"]) + 1 for row in rows)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("a%", [1, 2]),
        ("A%", []),
        ("a_1", [1]),
        ("a\\_1", [1]),
        ("a\\%2", [2]),
        ("a_2", [2]),
        ("a\\_2", []),
        ("%3", [3]),
        ("_3", [3]),
        ("*", []),
        ("[aB]%", []),
        ("", []),
        ("%", [1, 2, 3]),
    ],
)
def test_like_means_the_same_on_every_database(api: Api, instances: list[str], pattern: str, wanted: list[int]) -> None:
    assert found(api, instances, {"businessKeyLike": pattern}) == wanted


@pytest.mark.parametrize(
    ("name", "operator", "value", "more", "wanted"),
    [
        ("n", "eq", 2, {}, [2]),
        ("n", "neq", 2, {}, [1, 3]),
        ("n", "gt", 1, {}, [2, 3]),
        ("n", "gteq", 2, {}, [2, 3]),
        ("n", "lt", 2, {}, [1]),
        ("n", "lteq", 2, {}, [1, 2]),
        ("n", "eq", "2", {}, []),
        ("n", "eq", None, {}, []),
        ("N", "eq", 2, {}, []),
        ("N", "eq", 2, {"variableNamesIgnoreCase": True}, [2]),
        ("name", "eq", "ada", {}, [2]),
        ("name", "eq", "ADA", {"variableValuesIgnoreCase": True}, [1, 2]),
        ("name", "neq", "ada", {}, [1, 3]),
        ("name", "like", "a%", {}, [2]),
        ("name", "like", "a%", {"variableValuesIgnoreCase": True}, [1, 2]),
        ("name", "notLike", "A%", {}, [2, 3]),
        ("nope", "neq", 1, {}, []),
    ],
)
def test_variables(
    api: Api, instances: list[str], name: str, operator: str, value: Any, more: dict[str, Any], wanted: list[int]
) -> None:
    condition = {"name": name, "operator": operator, "value": value}
    assert found(api, instances, {"variables": [condition], **more}) == wanted
    tasks = api.post("/task", {"processVariables": [condition], **more}).ok()
    assert sorted(instances.index(task["processInstanceId"]) + 1 for task in tasks) == wanted
    history = api.post("/history/process-instance", {"variables": [condition], **more}).ok()
    assert sorted(instances.index(row["id"]) + 1 for row in history) == wanted


def test_variables_in_an_address_are_texts(api: Api, instances: list[str]) -> None:
    assert api.get("/process-instance?variables=n_eq_2").ok() == []
    assert [row["id"] for row in api.get("/process-instance?variables=name_eq_ada").ok()] == [instances[1]]
    assert len(api.get("/process-instance?variables=name_like_%25a,name_neq_Ada").ok()) == 1
    assert "comparator" in api.get("/process-instance?variables=n_around_2").refused(400)
    assert "KEY_OPERATOR_VALUE" in api.get("/process-instance?variables=n").refused(400)


def test_or_queries(api: Api, instances: list[str]) -> None:
    either = {"orQueries": [{"businessKey": "a_1", "variables": [{"name": "n", "operator": "eq", "value": 3}]}]}
    assert found(api, instances, either) == [1, 3]
    assert found(api, instances, {**either, "processInstanceIds": instances[:2]}) == [1]
    api.post("/process-instance", {"orQueries": "x"}).refused(400)
    api.post("/process-instance", {"orQueries": [{}] * 21}).refused(400)


def test_pages(api: Api, instances: list[str], settings: Any) -> None:
    rows = api.get("/process-instance?sortBy=businessKey&sortOrder=desc&firstResult=1&maxResults=1").ok()
    assert len(rows) == 1
    assert [row["id"] for row in api.get("/process-instance").ok()] == sorted(instances)
    settings.WORKFLOW_ENGINE = {"REST": {"max_page_size": 2}}
    assert "firstResult" in api.get("/process-instance").refused(400)
    api.get("/process-instance?maxResults=2147483647").refused(400)
    assert len(api.get("/process-instance?maxResults=2").ok()) == 2


def test_sorting_by_body(api: Api, instances: list[str]) -> None:
    def ordered(*sorting: dict[str, str]) -> list[int]:
        return [
            instances.index(row["id"]) + 1 for row in api.post("/process-instance", {"sorting": list(sorting)}).ok()
        ]

    assert ordered({"sortBy": "businessKey", "sortOrder": "asc"})[0] in (2, 3)  # collations differ
    assert ordered({"sortBy": "definitionKey", "sortOrder": "asc"}, {"sortBy": "instanceId", "sortOrder": "desc"}) == [
        3,
        2,
        1,
    ]
    api.post("/process-instance", {"sorting": {"sortBy": "businessKey", "sortOrder": "asc"}}).refused(400)
    api.post("/process-instance", {"sorting": [{"sortBy": "businessKey"}]}).refused(400)


def test_the_parameters_are_camundas(api: Api) -> None:
    """Every query parameter of Camunda's own description is known, where that description is at hand."""
    description = Path(__file__).resolve().parents[3] / "shared" / "openapi" / "engine-rest-7.24.json"
    if not description.exists():
        pytest.skip("Camunda's description is not here.")
    paths = json.loads(description.read_text())["paths"]
    shared = {"sortBy", "sortOrder", "firstResult", "maxResults"}
    for path, view in views().items():
        names = {parameter["name"] for parameter in paths[path]["get"].get("parameters", ())} - shared
        assert names <= set(view.query.parameters), (path, names - set(view.query.parameters))
