"""Rows 1 to 5: models that are dangerous, too large or broken, and what stands in them."""

import gzip
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.rest.bad_input.table import CASES, START, nothing_changes
from tests.rest.conftest import Answer, Api, external_task_process, process
from tests.support.failure_points import all_rows


def deploying(api: Api, models: dict[str, str | bytes]) -> list[Callable[[], Answer]]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(content: str | bytes) -> Callable[[], Answer]:
        data = content if isinstance(content, bytes) else content.encode()
        good = external_task_process("good", "t").encode()
        return lambda: api.form(
            "/deployment/create",
            {
                "deployment-name": "x",
                "good": SimpleUploadedFile("good.bpmn", good),
                "bad": SimpleUploadedFile("bad.bpmn", data),
            },
        )

    return [send(content) for content in models.values()]


def with_dtd(declaration: str, encoding: str = "UTF-8", declared: str | None = None) -> bytes:
    model = external_task_process("bad", "&a;").split("?>", 1)[1]
    return f'<?xml version="1.0" encoding="{declared or encoding}"?>{declaration}{model}'.encode(encoding)


def test_row_01_document_type_declarations(api: Api) -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    models: dict[str, str | bytes] = {
        "any": with_dtd("<!DOCTYPE definitions>"),
        "laughs": with_dtd(f'<!DOCTYPE d [<!ENTITY a0 "lol">{laughs}<!ENTITY a "&a11;">]>'),
        "quadratic": with_dtd(f'<!DOCTYPE d [<!ENTITY a "{"a" * 50_000}">]>'),
        "large quadratic": with_dtd(f'<!DOCTYPE d [<!ENTITY a "{"a" * 1_000_000}">]>'),
        "file": with_dtd('<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "http": with_dtd('<!DOCTYPE d [<!ENTITY a SYSTEM "http://127.0.0.1:1/x">]>'),
        "external subset": with_dtd('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">'),
        "public": with_dtd('<!DOCTYPE d PUBLIC "-//x//y" "http://127.0.0.1:1/x.dtd">'),
        "parameter entity": with_dtd('<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY a "x">]>'),
        "UTF-16": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-16"),
        "UTF-16 without mark": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-16-LE", "UTF-16"),
        "UTF-7": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-7"),
        "wrong encoding": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-8", "UTF-16"),
        "unknown encoding": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-8", "x-nope"),
        "UTF-32": with_dtd('<!DOCTYPE d [<!ENTITY a "x">]>', "UTF-32"),
    }  # fmt: skip
    for answer in nothing_changes("01", deploying(api, models)):
        assert answer.json["type"] == "ParseException"
        assert "root:" not in answer.content.decode()


def test_row_02_large_documents(api: Api) -> None:
    body = external_task_process("bad", "t")
    flows = "".join(f'<bpmn:sequenceFlow id="g{n}" sourceRef="start" targetRef="work"/>' for n in range(20_000))
    models: dict[str, str | bytes] = {
        "large": external_task_process("bad", "t", f"<!--{'x' * 3_000_000}-->"),
        "deep": external_task_process("bad", "t", "<a>" * 100_000 + "</a>" * 100_000),
        "attributes": external_task_process("bad", "t", "<a " + " ".join(f"b{n}=''" for n in range(100_000)) + "/>"),
        "flows": process("bad", '<bpmn:startEvent id="start"/><bpmn:task id="work"/>' + flows),
        "elements": external_task_process("bad", "t", "<a/>" * 150_000),
        "compressed": gzip.compress(b"<a>" * 1_000_000),
        "include": '<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></x>',
        "dots": external_task_process("bad", "t").replace('id="work"', f'id="{"w" * 1_000}"'),
    }
    nothing_changes("02", deploying(api, models), (400, 413))
    answers = nothing_changes(
        "02",
        [
            lambda: api.call(
                "POST", "/deployment/create", b"x" * (21 * 2**20), content_type="multipart/form-data; boundary=b"
            ),
            lambda: api.call("POST", START, b" " * (11 * 2**20)),
            lambda: api.call("POST", START, gzip.compress(b"{}" * 10_000_000), HTTP_CONTENT_ENCODING="gzip"),
        ],
        (400, 413, 415),
    )
    assert [answer.status for answer in answers[:2]] == [413, 413]
    # A place where a schema might be is not looked at.
    api.deploy(
        body.replace("<bpmn:definitions ", '<bpmn:definitions xsi:schemaLocation="x http://127.0.0.1:1/x.xsd" ', 1)
    ).ok()


def test_row_03_broken_models(api: Api) -> None:
    start = '<bpmn:startEvent id="a"/>'
    good = external_task_process("bad", "t")
    models: dict[str, tuple[str, str]] = {
        "duplicate ids": (process("bad", start + '<bpmn:endEvent id="a"/>'), "a"),
        "dangling source": (good.replace('sourceRef="work"', 'sourceRef="nowhere"'), "f2"),
        "dangling target": (good.replace('targetRef="work"', 'targetRef="nowhere"'), "f1"),
        "boundary without host": (
            process("bad", start + '<bpmn:boundaryEvent id="b" attachedToRef="x"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'), "b",
        ),
        "lane twice": (
            process("bad", '<bpmn:laneSet id="l"><bpmn:lane id="m"><bpmn:childLaneSet id="c"><bpmn:lane id="m"/></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>' + start), "m",
        ),
        "lane of nobody": (
            process("bad", '<bpmn:laneSet id="l"><bpmn:lane id="m"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>' + start), "m",
        ),
        "flow into a sub-process": (
            process("bad", start + '<bpmn:subProcess id="s"><bpmn:startEvent id="i"/></bpmn:subProcess><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="i"/>'), "f",
        ),
        "unsupported element": (process("bad", start + '<bpmn:nonsense id="n"/>'), "n"),
        "other namespace": (good.replace("http://www.omg.org/spec/BPMN/20100524/MODEL", "http://example.com/bpmn"), ""),
        "swapped prefix": (good.replace('xmlns:bpmn="', 'xmlns:bpmn="http://example.com" xmlns:c="'), ""),
    }  # fmt: skip
    answers = nothing_changes("03", deploying(api, {name: model for name, (model, _) in models.items()}))
    for (name, (_, element)), answer in zip(models.items(), answers, strict=True):
        errors = answer.json["details"]["bad.bpmn"]["errors"]
        if element:
            assert element in [error["mainElementId"] for error in errors], (name, errors)
            assert all(error["line"] >= 1 for error in errors if error["mainElementId"]), (name, errors)


HOSTILE_TEXTS = (
    '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "\u202eevil\u200b", "=cmd|' /C calc'!A0", "a\nb\r\nERROR forged",
    "{{7*7}}{% debug %}", "${7*7}", "</script><script>alert(1)</script>",
)  # fmt: skip


def test_row_04_texts_that_want_to_be_more(api: Api, caplog: Any) -> None:
    api.deploy(external_task_process("text", "t")).ok()
    admin = Client()
    admin.force_login(get_user_model().objects.get(username="root"))
    for text in HOSTILE_TEXTS:
        variables = {text: {"value": text}}
        instance = api.post("/process-definition/key/text/start", {"businessKey": text, "variables": variables}).ok()[
            "id"
        ]
        [task] = api.get(f"/external-task?processInstanceId={instance}").ok()
        path = f"/external-task/{task['id']}"
        api.post(f"{path}/lock", {"workerId": text, "lockDuration": 1000}).ok()
        api.post(f"{path}/failure", {"workerId": text, "errorMessage": text, "errorDetails": text, "retries": 0}).ok()
        [incident] = api.get(f"/incident?processInstanceId={instance}").ok()
        api.put(f"/incident/{incident['id']}/annotation", {"annotation": text}).ok()
        # Stored verbatim ...
        assert api.get(f"/process-instance/{instance}").ok()["businessKey"] == text
        assert api.get(f"/process-instance/{instance}/variables").ok() == {
            text: {"type": "String", "value": text, "valueInfo": {}}
        }
        assert api.get(f"/process-instance/{instance}/variables/{quote(text, safe='')}").status in (200, 404)
        assert api.get(path).ok()["errorMessage"] == text
        assert api.get(f"{path}/errorDetails").content.decode() == text
        assert "nosniff" in api.get(f"{path}/errorDetails").headers["X-Content-Type-Options"]
        assert api.get(f"/incident/{incident['id']}").ok()["annotation"] == text
        # ... and escaped in every page.
        for page in (
            f"processinstance/{instance}/change/",
            f"incident/{incident['id']}/change/",
            f"externaltask/{task['id']}/change/",
            "incident/",
            "processinstance/",
            "externaltask/",
        ):
            shown = admin.get(f"/admin/workflow_engine/{page}", follow=True)
            assert shown.status_code == 200, page
            html = shown.content.decode()
            assert "<img src=x" not in html, page
            assert "<script>alert" not in html, page
            assert 'href="javascript:alert' not in html, page
        CASES["04"] += 1
    assert not [record for record in caplog.records if "\n" in record.getMessage()]
    long = "x" * 1_000_000
    task_path = f"/external-task/{task['id']}"
    nothing_changes(
        "04",
        [
            lambda: api.post("/process-definition/key/text/start", {"businessKey": long}),
            lambda: api.post("/process-definition/key/text/start", {"variables": {long: {"value": 1}}}),
            lambda: api.post(f"{task_path}/lock", {"workerId": long, "lockDuration": 1000}),
            lambda: api.put(f"/incident/{incident['id']}/annotation", {"annotation": long}),
            *deploying(
                api,
                {
                    "topic": external_task_process("x", long),
                    "name": process("x", '<bpmn:startEvent id="a"/>').replace("<bpmn:process ", f'<bpmn:process name="{long}" ', 1),
                    "id": process(long, '<bpmn:startEvent id="a"/>'),
                    "large name": external_task_process("x", "t").replace('name="Work"', f'name="{long * 3}"'),
                },
            ),
        ],
    )  # fmt: skip


EXPRESSIONS = (
    "${().__class__.__mro__}", "${''.__class__}", "${x.__class__.__bases__}", "${__import__('os').system('id')}", "${execution.__init__.__globals__}",
    "${9**9**9}", "${'a'*10**10}", "${" + "(" * 5_000 + "1" + ")" * 5_000 + "}", "${'a'.matches('(a+)+$')}", "${\"\".format('{0.__globals__}')}",
    "${execution.getClass().forName('java.lang.Runtime')}", "${''['__class__']}", "${" + "1+" * 30_000 + "1}", "${1/0}", "${9223372036854775807 * 9223372036854775807}",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(EXPRESSIONS)))
def test_row_05_expressions(api: Api, number: int) -> None:
    text = EXPRESSIONS[number].replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    model = process(
        "bad",
        f"""<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="t"/>
        <bpmn:serviceTask id="t" camunda:expression="{text}" camunda:resultVariable="r"/>
        <bpmn:sequenceFlow id="g" sourceRef="t" targetRef="u"/><bpmn:userTask id="u"/>""",
    )
    before, started = all_rows(), time.monotonic()
    answer = api.deploy(model)
    CASES["05"] += 1
    if answer.status != 200:
        assert answer.refused(400, "ParseException")
        assert all_rows() == before
    else:
        before = all_rows()
        answer = api.post("/process-definition/key/bad/start")
        if answer.status == 200:
            # What can be computed without doing anything but arithmetic: a bounded number.
            shown = api.get(f"/process-instance/{answer.json['id']}/variables").ok()["r"]
            assert shown["type"] in ("Long", "Double", "Null", "Integer"), shown
        else:
            assert answer.refused(400)
            assert all_rows() == before
    assert time.monotonic() - started < 5
