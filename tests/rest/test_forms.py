"""Forms of tasks and start events over HTTP."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.rest.conftest import Api, process

FIELDS = """<bpmn:extensionElements><camunda:formData>
<camunda:formField id="s" label="A &lt;b&gt;" type="string" defaultValue="x&lt;y&gt;&quot;{{{z}}">
  <camunda:validation><camunda:constraint name="required"/><camunda:constraint name="minlength" config="2"/>
  <camunda:constraint name="maxlength" config="12"/></camunda:validation></camunda:formField>
<camunda:formField id="l" label="Long" type="long" defaultValue="5">
  <camunda:validation><camunda:constraint name="min" config="1"/><camunda:constraint name="max" config="9"/>
  </camunda:validation></camunda:formField>
<camunda:formField id="b" label="Bool" type="boolean" defaultValue="true"/>
<camunda:formField id="d" label="Date" type="date" defaultValue="24/12/2026"/>
<camunda:formField id="r" label="Read" type="date" datePattern="yyyy-MM-dd" defaultValue="2026-01-02">
  <camunda:validation><camunda:constraint name="readonly"/></camunda:validation></camunda:formField>
<camunda:formField id="e" label="Enum" type="enum"><camunda:value id="one" name="One &lt;1&gt;"/></camunda:formField>
<camunda:formField id="n" type="string"/>
</camunda:formData></bpmn:extensionElements>"""


def model(key: str, *, start: str = "", start_content: str = "", task: str = "", task_content: str = "") -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="start" {start}>{start_content}</bpmn:startEvent>
        <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
        <bpmn:userTask id="approve" {task}>{task_content}</bpmn:userTask>
        <bpmn:sequenceFlow id="f2" sourceRef="approve" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


def task_of(api: Api, instance: dict[str, Any]) -> str:
    [row] = api.get(f"/task?processInstanceId={instance['id']}").ok()
    return f"/task/{row['id']}"


def values(**given: Any) -> dict[str, Any]:
    return {"variables": {name: {"value": value} for name, value in given.items()}}


@pytest.fixture
def start(api: Api) -> str:
    """The address of a definition whose start has all kinds of fields."""
    api.deploy(model("fields", start_content=FIELDS)).ok()
    return "/process-definition/key/fields"


def test_the_fields_of_a_start(api: Api, start: str) -> None:
    definition_id = api.get(start).ok()["id"]
    generated = f"embedded:engine://engine/:engine/process-definition/{definition_id}/rendered-form"
    assert api.get(f"{start}/startForm").ok() == {"key": generated, "camundaFormRef": None, "contextPath": None}
    shown = api.get(f"{start}/form-variables").ok()
    assert {name: (part["type"], part["value"]) for name, part in shown.items()} == {
        "s": ("String", 'x<y>"{{{z}}'),
        "l": ("Long", 5),
        "b": ("Boolean", True),
        "d": ("String", "24/12/2026"),
        "r": ("String", "2026-01-02"),
        "e": ("String", None),
        "n": ("String", None),
    }
    assert set(api.get(f"{start}/form-variables?variableNames=s,zz").ok()) == {"s"}


def test_the_generated_form(api: Api, start: str) -> None:
    answer = api.get(f"{start}/rendered-form")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/xhtml+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    html = answer.content.decode()
    expected = (
        '    <input class="form-control" name="s" cam-variable-type="String" cam-variable-name="s" required="" minlength="2"'
        ' maxlength="12" type="text" value="x&lt;y&gt;&quot;{ { {z}}" />\n'
    )
    assert html.startswith(
        '<form name="generatedForm" role="form">\n  <div class="form-group">\n    <label for="s">\n'
        "      A &lt;b&gt;\n    </label>\n" + expected
    )
    ElementTree.fromstring(html)
    assert 'name="l" cam-variable-type="Long" cam-variable-name="l" min="1" max="9" type="text" value="5" />' in html
    assert 'cam-variable-name="b" type="checkbox" value="true" />' in html
    assert 'type="text" uib-datepicker-popup="dd/MM/yyyy" is-open="dateFieldOpenedd" />' in html
    assert 'cam-variable-name="r" disabled="" type="text" />' in html
    assert "One &lt;1&gt;" in html
    assert '<label for="n">' not in html


def test_submitting_a_start(api: Api, start: str) -> None:
    body = {**values(s="okay", given="G", l=7), "businessKey": "bk"}
    instance = api.post(f"{start}/submit-form", body).ok()
    assert instance["businessKey"] == "bk"
    held = api.get(f"/process-instance/{instance['id']}/variables").ok()
    assert "e" not in held
    assert (held["s"]["value"], held["given"]["value"]) == ("okay", "G")
    assert (held["b"]["type"], held["d"]["type"], held["r"]["value"]) == (
        "Boolean",
        "Date",
        "2026-01-02T00:00:00.000+0000",
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("s", "x", "validation of minlength(2) failed"),
        ("s", "x" * 13, "validation of maxlength(12) failed"),
        ("s", "", "validation of required() failed"),
        ("s", 5, "validation of minlength(2) failed"),
        ("l", 0, "validation of min(1) failed"),
        ("l", 10, "validation of max(9) failed"),
        ("l", "seven", "validation of min(1) failed"),
        ("l", 5.5, "is not of type Long"),
        ("b", 5, "is not of type Boolean"),
        ("d", "nope", "is not a date of the form 'dd/MM/yyyy'"),
        ("d", "32/13/2026", "Invalid value submitted for form field 'd'"),
        ("d", 5, "cannot be transformed into a Date"),
        ("r", "2026-05-05", "validation of readonly() failed"),
        ("e", "three", "is not one of one"),
    ],
)
def test_what_a_form_refuses(api: Api, start: str, name: str, value: Any, reason: str) -> None:
    assert reason in api.post(f"{start}/submit-form", values(**{"s": "okay", name: value})).refused(400)
    assert api.get("/history/process-instance/count").ok() == {"count": 0}


def test_a_task(api: Api) -> None:
    fields = FIELDS.replace('defaultValue="5"', 'defaultValue="${number}"')
    api.deploy(model("fields", task_content=fields)).ok()
    path = task_of(api, api.start("fields", **values(number=6, e="one")))
    generated = f"embedded:engine://engine/:engine{path}/rendered-form"
    assert api.get(f"{path}/form").ok()["key"] == generated
    shown = api.get(f"{path}/form-variables").ok()
    assert (shown["l"]["value"], shown["e"]["value"], shown["number"]["value"]) == (6, "one", 6)
    assert (
        'cam-variable-name="l" min="1" max="9" type="text" value="6" />'
        in api.get(f"{path}/rendered-form").content.decode()
    )
    assert "max(9)" in api.post(f"{path}/submit-form", values(l=99)).refused(400)
    done = api.post(f"{path}/submit-form", {**values(s="good", b="false"), "withVariablesInReturn": True}).ok()
    assert (done["s"]["value"], done["l"], done["b"]["value"]) == (
        "good",
        {"type": "Long", "value": 6, "valueInfo": {}},
        False,
    )
    api.post(f"{path}/submit-form", {}).refused(404)


def test_a_required_value_may_be_there_already(api: Api) -> None:
    fields = (
        '<bpmn:extensionElements><camunda:formData><camunda:formField id="v" type="string"><camunda:validation>'
        '<camunda:constraint name="required"/></camunda:validation></camunda:formField></camunda:formData>'
        "</bpmn:extensionElements>"
    )
    api.deploy(model("fields", task_content=fields)).ok()
    without, having = task_of(api, api.start("fields")), task_of(api, api.start("fields", **values(v="x")))
    assert "required" in api.post(f"{without}/submit-form").refused(400)
    api.post(f"{having}/submit-form").ok()


def test_a_delegated_task_is_resolved(api: Api) -> None:
    api.deploy(model("fields")).ok()
    path = task_of(api, api.start("fields"))
    api.post(f"{path}/assignee", {"userId": "gonzo"}).ok()
    api.post(f"{path}/delegate", {"userId": "kermit"}).ok()
    api.post(f"{path}/submit-form", values(v=1)).ok()
    resolved = api.get(path).ok()
    assert (resolved["delegationState"], resolved["assignee"]) == ("RESOLVED", "gonzo")
    assert set(api.get(f"{path}/variables").ok()) == {"v"}


def test_properties_of_old_models(api: Api) -> None:
    old = """<bpmn:extensionElements><camunda:formProperty id="p" name="P" type="long" required="true"/>
    <camunda:formProperty id="q" type="string" writable="false" default="dd"/>
    <camunda:formProperty id="v" type="string" variable="vv"/></bpmn:extensionElements>"""
    api.deploy(model("old", start_content=old)).ok()
    path = "/process-definition/key/old"
    assert api.get(f"{path}/startForm").ok()["key"] is None
    assert api.get(f"{path}/form-variables").ok() == {}
    assert 'name="p"' in api.get(f"{path}/rendered-form").content.decode()
    assert "'p' is required" in api.post(f"{path}/submit-form").refused(400)
    assert "'q' is not writable" in api.post(f"{path}/submit-form", values(p=1, q="x")).refused(400)
    instance = api.post(f"{path}/submit-form", values(p="3", v="V")).ok()
    held = api.get(f"/process-instance/{instance['id']}/variables").ok()
    assert {name: part["value"] for name, part in held.items()} == {"p": 3, "q": "dd", "vv": "V"}


def deploy(api: Api, **files: str) -> Any:
    parts = {name: SimpleUploadedFile(name.replace("_", "."), content.encode()) for name, content in files.items()}
    return api.form("/deployment/create", {"deployment-name": "forms", **parts})


def test_deployed_files(api: Api) -> None:
    form = json.dumps({"id": "formA", "components": []})
    bpmn = model("files", start='camunda:formKey="camunda-forms:deployment:a.form"', task='camunda:formKey="${key}"')
    deploy(api, m_bpmn=bpmn, a_form=form, x_html="<b>hi</b>").ok()
    start = "/process-definition/key/files"
    answer = api.get(f"{start}/deployed-start-form")
    assert (answer.content.decode(), answer.headers["Content-Type"]) == (form, "application/json")
    api.get(f"{start}/rendered-form").refused(404)
    path = task_of(api, api.start("files", **values(key="embedded:deployment:x.html")))
    assert api.get(path).ok()["formKey"] == "embedded:deployment:x.html"
    answer = api.get(f"{path}/deployed-form")
    assert (answer.content, answer.headers["Content-Type"]) == (b"<b>hi</b>", "application/xhtml+xml")
    api.get(f"{path}/rendered-form").refused(404)
    for key, status in (("embedded:app:x.html", 400), ("embedded:deployment:y.html", 404), ("", 400), (None, 400)):
        path = task_of(api, api.start("files", **values(key=key)))
        api.get(f"{path}/deployed-form").refused(status)


def test_references_to_camunda_forms(api: Api) -> None:
    def reference(binding: str, version: str = "") -> str:
        more = f' camunda:formRefVersion="{version}"' if version else ""
        return f'camunda:formRef="formA" camunda:formRefBinding="{binding}"{more}'

    first, second = (json.dumps({"id": "formA", "schemaVersion": number}) for number in (1, 2))
    deploy(api, m_bpmn=model("own", task=reference("deployment")), a_form=first).ok()
    deploy(api, a_form=second).ok()
    api.deploy(model("latest", start=reference("deployment"), task=reference("latest"))).ok()
    api.deploy(model("version", start=reference("version", "7"), task=reference("version", "${2 - 1}"))).ok()

    def content(key: str) -> str:
        return api.get(f"{task_of(api, api.start(key))}/deployed-form").content.decode()

    assert (content("own"), content("latest"), content("version")) == (first, second, first)
    path = task_of(api, api.start("version"))
    shown = {"key": "formA", "binding": "version", "version": 1}
    assert api.get(path).ok()["camundaFormRef"] == api.get(f"{path}/form").ok()["camundaFormRef"] == shown
    for key in ("latest", "version"):
        message = api.get(f"/process-definition/key/{key}/deployed-start-form").refused(404)
        assert "formA" in message
    form = api.get("/process-definition/key/latest/startForm").ok()
    assert form["camundaFormRef"] == {"key": "formA", "binding": "deployment", "version": None}


def test_forms_that_cannot_be_deployed(api: Api) -> None:
    assert "is not JSON" in deploy(api, a_form="{").refused(400)
    assert "is not a JSON object" in deploy(api, a_form="[]").refused(400)
    assert "is not JSON" in deploy(api, a_form="[" * 100_000).refused(400)
    deploy(api, a_form='{"id": 5}').refused(400)
    deploy(api, a_form=json.dumps({"id": "x" * 256})).refused(400)
    assert "two forms" in deploy(api, a_form='{"id": "x"}', b_form='{"id": "x"}').refused(400)
    deploy(api, a_form='{"x": 1}').ok()


def test_what_does_not_exist(api: Api) -> None:
    for name in ("form", "form-variables", "rendered-form", "deployed-form"):
        api.get(f"/task/nope/{name}").refused(404)
    api.post("/task/nope/submit-form").refused(404)
    for name in ("startForm", "form-variables", "rendered-form", "deployed-start-form"):
        for definition in ("nope", "key/nope", "key/nope/tenant-id/t"):
            api.get(f"/process-definition/{definition}/{name}").refused(404)
    api.post("/process-definition/nope/submit-form").refused(404)
