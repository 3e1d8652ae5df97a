"""Typed values: every type there and back, and what fits no type."""

from typing import Any

import pytest

from tests.rest.conftest import Answer, Api, process, user_task_process
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.variables.accepted import accepted_value
from workflow_engine.rest.variables.presented import presented
from workflow_engine.values import type_name

DATE = "2026-01-02T03:04:05.006+0000"
OBJECT = {"objectTypeName": "com.example.Order", "serializationDataFormat": "application/json"}
# (what is sent, the type and value that come back with deserializeValues=false)
VALUES: list[tuple[dict[str, Any], str, Any]] = [
    ({"value": None, "type": "Null"}, "Null", None),
    ({"value": None}, "Null", None),
    ({"value": True, "type": "Boolean"}, "Boolean", True),
    ({"value": "false", "type": "boolean"}, "Boolean", False),
    ({"value": 5, "type": "Short"}, "Short", 5),
    ({"value": -32768, "type": "Short"}, "Short", -32768),
    ({"value": 5, "type": "Integer"}, "Integer", 5),
    ({"value": "5", "type": "Integer"}, "Integer", 5),
    ({"value": 5}, "Integer", 5),
    ({"value": 5, "type": "Long"}, "Long", 5),
    ({"value": 2**63 - 1, "type": "Long"}, "Long", 2**63 - 1),
    ({"value": 5_000_000_000}, "Long", 5_000_000_000),
    ({"value": 1.5, "type": "Double"}, "Double", 1.5),
    ({"value": 3, "type": "Double"}, "Double", 3.0),
    ({"value": 1.5}, "Double", 1.5),
    ({"value": "text", "type": "String"}, "String", "text"),
    ({"value": "\u202e<img src=x onerror=alert(1)>\u200b"}, "String", "\u202e<img src=x onerror=alert(1)>\u200b"),
    ({"value": 5, "type": "String"}, "String", "5"),
    ({"value": "", "type": "String"}, "String", ""),
    ({"value": "x" * 100_000}, "String", "x" * 100_000),
    ({"value": DATE, "type": "Date"}, "Date", DATE),
    ({"value": "2026-01-02T03:04:05.006Z", "type": "Date"}, "Date", DATE),
    ({"value": "aGk=", "type": "Bytes"}, "Bytes", "aGk="),
    ({"value": '{"a": [1, 2.50]}', "type": "Json"}, "Json", '{"a": [1, 2.50]}'),
    ({"value": "<a b='c'/>", "type": "Xml"}, "Xml", "<a b='c'/>"),
    ({"value": '{"id":1}', "type": "Object", "valueInfo": OBJECT}, "Object", '{"id":1}'),
    ({"value": [1, "a"]}, "Object", '[1,"a"]'),
    ({"value": {"a": {"b": None}}}, "Object", '{"a":{"b":null}}'),
]
REFUSED: list[dict[str, Any]] = [
    {"value": 5, "type": "Null"},
    {"value": "x", "type": "Boolean"},
    {"value": 1, "type": "Boolean"},
    {"value": 32768, "type": "Short"},
    {"value": "abc", "type": "Integer"},
    {"value": 5.5, "type": "Integer"},
    {"value": 5.0, "type": "Integer"},
    {"value": 2**31, "type": "Integer"},
    {"value": True, "type": "Integer"},
    {"value": "9" * 30, "type": "Long"},
    {"value": "x", "type": "Double"},
    {"value": "NaN", "type": "Double"},
    {"value": "1e999", "type": "Double"},
    {"value": {"a": 1}, "type": "String"},
    {"value": "yesterday", "type": "Date"},
    {"value": 5, "type": "Date"},
    {"value": "%%%", "type": "Bytes"},
    {"value": 5, "type": "Bytes"},
    {"value": "aGk=", "type": "File"},
    {"value": "aGk=", "type": "File", "valueInfo": {"filename": 5}},
    {"value": "%", "type": "File", "valueInfo": {"filename": "a"}},
    {"value": "aGk=", "type": "File", "valueInfo": {"filename": "a", "mimetype": "a\r\nSet-Cookie: x"}},
    {"value": "{bad", "type": "Json"},
    {"value": "NaN", "type": "Json"},
    {"value": '"\\u0000"', "type": "Json"},
    {"value": '"\\ud800"', "type": "Json"},
    {"value": "[" * 1000 + "]" * 1000, "type": "Json"},
    {"value": {"a": 1}, "type": "Json"},
    {"value": "<a", "type": "Xml"},
    {"value": "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "type": "Xml"},
    {"value": "<a>" * 1000 + "</a>" * 1000, "type": "Xml"},
    {"value": "{}", "type": "Object"},
    {"value": "{bad", "type": "Object", "valueInfo": OBJECT},
    {"value": {"a": 1}, "type": "Object", "valueInfo": OBJECT},
    {
        "value": "rO0ABXQ=",
        "type": "Object",
        "valueInfo": {"objectTypeName": "x", "serializationDataFormat": "application/x-java-serialized-object"},
    },
    {"value": 5, "type": "Number"},
    {"value": 5, "type": "Nope"},
    {"value": 5, "type": ""},
    {"value": 5, "type": 5},
    {"value": 5, "type": "Integer", "valueInfo": "x"},
]


@pytest.mark.one_database
@pytest.mark.parametrize(("sent", "kind", "shown"), VALUES)
def test_there_and_back(sent: dict[str, Any], kind: str, shown: Any) -> None:
    value = accepted_value("v", sent)
    assert type_name(value) == kind
    assert presented(value, deserialize=False)["value"] == shown
    assert presented(value, deserialize=False)["type"] == kind


@pytest.mark.one_database
@pytest.mark.parametrize("sent", [*REFUSED, 5, "x", None, []])
def test_refused(sent: Any) -> None:
    with pytest.raises(RestError, match="Cannot set variable 'v': "):
        accepted_value("v", sent)


@pytest.mark.one_database
def test_deserialised_values() -> None:
    def shown(sent: dict[str, Any]) -> Any:
        return presented(accepted_value("v", sent), deserialize=True)["value"]

    assert shown({"value": '{"id":1}', "type": "Object", "valueInfo": OBJECT}) == {"id": 1}
    assert (
        shown(
            {"value": "<x/>", "type": "Object", "valueInfo": {**OBJECT, "serializationDataFormat": "application/xml"}}
        )
        == "<x/>"
    )
    node = shown({"value": '{"a":1}', "type": "Json"})
    assert (node["nodeType"], node["object"], node["array"], node["value"]) == ("OBJECT", True, False, False)
    assert shown({"value": "<a/>", "type": "Xml"}) == {"dataFormatName": "application/xml"}


@pytest.fixture
def instance(api: Api) -> str:
    api.deploy(user_task_process("human")).ok()
    return str(api.start("human")["id"])


def test_every_type_over_http(api: Api, instance: str) -> None:
    path = f"/process-instance/{instance}/variables"
    api.post(path, {"modifications": {f"v{number}": sent for number, (sent, _, _) in enumerate(VALUES)}}).ok()
    found = api.get(f"{path}?deserializeValues=false").ok()
    listed = {
        row["name"]: row
        for row in api.get(f"/variable-instance?processInstanceIdIn={instance}&deserializeValues=false").ok()
    }
    history = {
        row["name"]: row
        for row in api.get(f"/history/variable-instance?processInstanceId={instance}&deserializeValues=false").ok()
    }
    for number, (_, kind, shown) in enumerate(VALUES):
        name = f"v{number}"
        assert (found[name]["type"], found[name]["value"]) == (kind, shown)
        in_lists = None if kind == "Bytes" else shown
        assert (listed[name]["type"], listed[name]["value"]) == (kind, in_lists)
        assert (history[name]["type"], history[name]["value"]) == (kind, in_lists)


def test_refused_values_change_nothing(api: Api, instance: str) -> None:
    path = f"/process-instance/{instance}/variables"
    for sent in REFUSED:
        api.put(f"{path}/v", sent).refused(400)
        api.post(path, {"modifications": {"good": {"value": 1}, "v": sent}}).refused(400)
        api.post("/process-definition/key/human/start", {"variables": {"v": sent}}).refused(400)
    assert api.get(path).ok() == {}
    assert api.get("/process-instance/count").ok() == {"count": 1}


def upload(api: Api, path: str, data: bytes, **parts: str) -> Answer:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return api.form(path, {"data": SimpleUploadedFile('näme "x".txt', data, content_type="text/plain"), **parts})


def test_files(api: Api, instance: str) -> None:
    path = f"/process-instance/{instance}/variables"
    upload(api, f"{path}/f/data", b"content", valueType="File").ok()
    assert api.get(f"{path}/f").ok()["valueInfo"]["filename"] == 'näme "x".txt'
    assert api.get(f"{path}/f").ok()["value"] is None
    download = api.get(f"{path}/f/data")
    assert download.content == b"content"
    assert download.headers["Content-Type"].startswith("text/plain")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    upload(api, f"{path}/b/data", b"\x00\xff", valueType="Bytes").ok()
    assert api.get(f"{path}/b").ok() == {"type": "Bytes", "value": "AP8=", "valueInfo": {}}
    assert api.get(f"{path}/b/data").content == b"\x00\xff"
    [row] = api.get(f"/variable-instance?variableName=f&processInstanceIdIn={instance}").ok()
    assert api.get(f"/variable-instance/{row['id']}/data").content == b"content"
    [row] = api.get(f"/history/variable-instance?variableName=f&processInstanceId={instance}").ok()
    assert api.get(f"/history/variable-instance/{row['id']}/data").content == b"content"


def test_bad_uploads(api: Api, instance: str, settings: Any) -> None:
    path = f"/process-instance/{instance}/variables"
    upload(api, f"{path}/f/data", b"x", valueType="Object").refused(400)
    api.form(f"{path}/f/data", {"valueType": "Bytes"}).refused(400)
    api.post(f"{path}/f/data", {}).refused(415)
    api.call("POST", f"{path}/f/data", b"broken", content_type="multipart/form-data; boundary=b").refused(400)
    settings.WORKFLOW_ENGINE = {"MAX_VARIABLE_SIZE": 10}
    upload(api, f"{path}/f/data", b"x" * 11, valueType="File").refused(413)
    assert api.get(path).ok() == {}


def test_data_of_what_is_no_file(api: Api, instance: str) -> None:
    path = f"/process-instance/{instance}/variables"
    api.put(f"{path}/n", {"value": 1}).ok()
    assert "not a binary value" in api.get(f"{path}/n/data").refused(400)
    api.get(f"{path}/nope/data").refused(404)
    api.get(f"{path}/nope").refused(404)


def test_limits(api: Api, instance: str, settings: Any) -> None:
    path = f"/process-instance/{instance}/variables"
    settings.WORKFLOW_ENGINE = {"MAX_VARIABLE_SIZE": 1000, "REST": {"max_variables": 3}}
    api.put(f"{path}/v", {"value": "x" * 1001}).refused(400)
    api.put(f"{path}/v", {"value": "é" * 600}).refused(400)
    api.post(path, {"modifications": {f"v{n}": {"value": n} for n in range(4)}}).refused(400)
    api.put(f"{path}/{'n' * 256}", {"value": 1}).refused(400)
    api.post(path, {"modifications": {"": {"value": 1}}}).refused(400)
    assert api.get(path).ok() == {}


@pytest.mark.parametrize(("text", "shown"), [("${1/0}", "Infinity"), ("${-1/0}", "-Infinity"), ("${0.0/0.0}", "NaN")])
def test_what_an_expression_computes_need_not_be_finite(api: Api, text: str, shown: str) -> None:
    """As Camunda shows it; a caller may not set such a number."""
    api.deploy(
        process(
            "computes",
            f"""<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="t"/>
            <bpmn:serviceTask id="t" camunda:expression="{text}" camunda:resultVariable="r"/>
            <bpmn:sequenceFlow id="g" sourceRef="t" targetRef="u"/><bpmn:userTask id="u"/>""",
        )
    ).ok()
    instance = api.start("computes")["id"]
    expected = {"type": "Double", "value": shown, "valueInfo": {}}
    assert api.get(f"/process-instance/{instance}/variables").ok() == {"r": expected}
    [row] = api.get(f"/history/variable-instance?processInstanceId={instance}").ok()
    assert (row["type"], row["value"]) == ("Double", shown)
    [task] = api.get("/task").ok()
    assert api.get(f"/task/{task['id']}/variables").ok() == {"r": expected}
    api.post(f"/task/{task['id']}/complete", {"withVariablesInReturn": True}).ok()
