"""The description of the API: what it says of itself, who may read it, and that it is whole."""

import re
import sys

import pytest

from tests.rest.conftest import Api
from tests.support.described import operations
from workflow_engine.rest.description.document import document, undeclared


def test_every_operation_is_declared() -> None:
    assert undeclared() == [], "declare them in workflow_engine/rest/description/resources"


def test_the_document_is_openapi() -> None:
    from drf_spectacular.validation import validate_schema

    validate_schema(document())
    ids = [operation["operationId"] for _, operation in operations().values()]
    assert len(ids) == len(set(ids))


def test_every_operation_tells_its_refusals_and_what_it_needs() -> None:
    for (method, path), (_, operation) in operations().items():
        responses = operation["responses"]
        if path == "/version":
            assert operation["security"] == []
            continue
        assert {"400", "401", "403"} <= set(responses), (method, path)
        assert operation["security"] == [{"basic": []}, {"bearer": []}, {"session": []}]
        refusals = [responses[status] for status in responses if status >= "400"]
        schemas = [refusal["content"]["application/json"]["schema"] for refusal in refusals]
        assert all(schema == {"$ref": "#/components/schemas/Exception"} for schema in schemas)
        assert "501" in responses or re.search("permission `|Needs a login", operation["description"]), (method, path)


def test_resources_that_are_not_supported_say_so() -> None:
    for resource in ("/case-definition", "/decision-definition", "/history/decision-instance"):
        assert "501" in operations()["GET", resource][1]["responses"]


def test_parameters_and_bodies_of_lists_come_from_their_queries() -> None:
    operation = operations()["GET", "/incident"][1]
    named = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert named["incidentTimestampBefore"]["format"] == "date-time"
    assert {"incidentType", "sortBy", "sortOrder", "firstResult", "maxResults", "tenantIdIn"} <= set(named)
    body = document()["components"]["schemas"]["ProcessInstanceQuery"]
    assert {"orQueries", "sorting", "variables", "processInstanceIds"} <= set(body["properties"])


def test_the_document_wants_a_login_and_tells_where_it_is(api: Api, anonymous: Api) -> None:
    anonymous.get("/openapi.json").refused(401)
    assert api.get("/openapi.json").ok()["servers"] == [{"url": "http://testserver/engine-rest"}]
    assert api.get("/engine/default/openapi.json").ok()["openapi"].startswith("3.1")


def test_without_the_extra_only_the_description_is_missing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every answer in these tests is held against the description, which has to be known before its library is gone.
    api.get("/openapi.json").ok()
    monkeypatch.delitem(sys.modules, "workflow_engine.rest.description.document")
    monkeypatch.setitem(sys.modules, "drf_spectacular", None)
    monkeypatch.setitem(sys.modules, "drf_spectacular.generators", None)
    assert "drf-spectacular" in api.get("/openapi.json").refused(501)
    api.get("/process-definition").ok()


def test_the_page_runs_no_inline_script_and_asks_no_other_host(api: Api, anonymous: Api) -> None:
    assert anonymous.get("/docs/").status == 401
    page = api.get("/docs/")
    policy, text = page.headers["Content-Security-Policy"], page.content.decode()
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "http:" not in text
    assert "https:" not in text
    assert all("src=" in tag for tag in re.findall("<script[^>]*>", text))
