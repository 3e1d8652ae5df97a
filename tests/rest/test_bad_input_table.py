"""The table of bad inputs, row by row: each a 4xx with a sentence (or clamped where that is said), never a 500, and after a
refusal every table holds exactly what it held before. The end of the run tells the number of cases of each row."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tests.rest.conftest import ROOT, Answer, Api, basic, external_task_process, process, user_task_process
from workflow_engine import clock
from workflow_engine.models import HistoricJobLog, HistoricProcessInstance, Job, WorkerCredential
from workflow_engine.rest import long_polling
from workflow_engine.sweeper import jobs

UNKNOWN = "01890000-0000-7000-8000-000000000000"
START = "/process-definition/key/human/start"
CASES: Counter[str] = Counter()
ROWS = 16


@pytest.fixture(autouse=True)
def _tidy(counted: Callable[[str, int], None]) -> Iterator[None]:
    before = CASES.copy()
    yield
    clock.reset()
    for row, number in (CASES - before).items():
        counted(f"bad input table, row {row}", number)
        counted("bad input table, all rows", number)


@pytest.fixture
def human(api: Api) -> Api:
    api.deploy(user_task_process("human")).ok()
    return api


def contents() -> dict[str, list[str]]:
    """Every row of every table of the engine."""
    every = [model for model in apps.get_app_config("workflow_engine").get_models() if not model._meta.proxy]
    return {model.__name__: sorted(map(repr, model._default_manager.values_list())) for model in every}


def nothing_changes(row: str, requests: list[Callable[[], Answer]], statuses: tuple[int, ...] = (400,)) -> list[Answer]:
    """Sends each request; each must be refused with one of these statuses and change no row."""
    before, answers = contents(), []
    for number, request in enumerate(requests):
        started = time.monotonic()
        answer = request()
        assert answer.status in statuses, (row, number, answer.status, answer.content[:500])
        assert answer.json["message"], (row, number)
        assert time.monotonic() - started < 5, (row, number)
        assert contents() == before, (row, number)
        answers.append(answer)
    CASES[row] += len(requests)
    return answers


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
    before, started = contents(), time.monotonic()
    answer = api.deploy(model)
    CASES["05"] += 1
    if answer.status != 200:
        assert answer.refused(400, "ParseException")
        assert contents() == before
    else:
        before = contents()
        answer = api.post("/process-definition/key/bad/start")
        if answer.status == 200:
            # What can be computed without doing anything but arithmetic: a bounded number.
            shown = api.get(f"/process-instance/{answer.json['id']}/variables").ok()["r"]
            assert shown["type"] in ("Long", "Double", "Null", "Integer"), shown
        else:
            assert answer.refused(400)
            assert contents() == before
    assert time.monotonic() - started < 5


def test_row_06_json(human: Api) -> None:
    bodies = [
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"variables":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"variables": {"v": {"value": ' + b"9" * 5_000 + b"}}}",
        b'{"variables": {"v": {"value": NaN}}}',
        b'{"variables": {"v": {"value": Infinity}}}',
        b'{"variables": {"v": {"value": -Infinity}}}',
        b'{"variables": {"v": {"value": 1e400}}}',
        b'{"variables": {"v": {"value": "\\u0000"}}}',
        b'{"variables": {"\\u0000": {"value": 1}}}',
        b'{"variables": {"v": {"value": "\\ud800"}}}',
        b'{"variables": {"\\udc00": {"value": 1}}}',
        b'{"variables": {"v": {"value": "\xed\xa0\x80"}}}',
        b"[]",
        b"null",
        b"5",
        b'"x"',
        b'{"variables": [], "businessKey": 5}',
        b'{"variables": 5}',
        b'{"businessKey": []}',
        b'{"businessKey": "a", "businessKey": {"b": 1}}',
    ]
    nothing_changes("06", [lambda body=body: human.call("POST", START, body) for body in bodies])  # type: ignore[misc]
    answers = nothing_changes(
        "06",
        [
            lambda: human.call("POST", START, b"{}", CONTENT_LENGTH=str(100 * 2**20)),
            lambda: human.call("POST", START, b"{}", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""),
            lambda: human.call("POST", START, b'{"businessKey": "' + b"x" * (11 * 2**20) + b'"}'),
        ],
        (411, 413),
    )
    assert [answer.status for answer in answers] == [413, 411, 413]


def test_row_07_large_variables(human: Api, settings: Any) -> None:
    instance = human.start("human")["id"]
    path = f"/process-instance/{instance}/variables"
    five, binary = "x" * (5 * 2**20), "eHh4" * (5 * 2**20 // 3)
    nothing_changes(
        "07",
        [
            lambda: human.put(f"{path}/v", {"value": five}),
            lambda: human.post(START, {"variables": {"v": {"value": five}}}),
            lambda: human.put(f"{path}/v", {"value": binary, "type": "Bytes"}),
            lambda: human.post(path, {"modifications": {f"v{n}": {"value": n} for n in range(10_000)}}),
            lambda: human.post(START, {"variables": {f"v{n}": {"value": n} for n in range(10_000)}}),
        ],
    )
    # As 100 MB would meet the 64 that are allowed, so do 4 meet 2.
    settings.WORKFLOW_ENGINE = {"MAX_INSTANCE_SIZE": 2 * 2**20, "MAX_INSTANCE_VARIABLES": 1_000}
    for number in range(4):
        human.put(f"{path}/v{number}", {"value": "x" * 500_000}).ok()
    human.post(path, {"modifications": {f"n{n}": {"value": n} for n in range(900)}}).ok()
    nothing_changes(
        "07",
        [
            lambda: human.put(f"{path}/v5", {"value": "x" * 500_000}),
            lambda: human.post(path, {"modifications": {f"m{n}": {"value": n} for n in range(200)}}),
        ],
    )


FETCH = {"workerId": "w", "maxTasks": 5, "topics": [{"topicName": "work", "lockDuration": 1000}]}


def test_row_08_locks(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    task = waiting_task()
    path = f"/external-task/{task['id']}"
    durations: tuple[Any, ...] = (0, -1, 10**18, 86_400_001, 1.5, "1s", "", [], {}, True)
    fetches = [{"topics": [{"topicName": "work", "lockDuration": one}]} for one in durations]
    fetches += [{"maxTasks": one} for one in (-1, 10**9, 1.5, "many", [], 2**40)]
    fetches += [{"asyncResponseTimeout": one} for one in (10**9, 10**18, "long", 1.5, [])]
    fetches += [{"topics": [{"topicName": f"t{n}", "lockDuration": 1000} for n in range(1_000)]}]
    fetches += [{"workerId": one} for one in ("", "x" * 10_240, None, [], {})]
    nothing_changes(
        "08",
        [lambda more=more: api.post("/external-task/fetchAndLock", {**FETCH, **more}) for more in fetches],  # type: ignore[misc]
    )
    # No task is nothing: as Camunda answers.
    before = contents()
    assert api.post("/external-task/fetchAndLock", {**FETCH, "maxTasks": 0}).ok() == []
    assert contents() == before
    api.post("/external-task/fetchAndLock", FETCH).ok()
    answers = [("lock", {"workerId": "w", "lockDuration": one}) for one in durations]
    answers += [("extendLock", {"workerId": "w", "newDuration": one}) for one in durations]
    answers += [("failure", {"workerId": "w", "retries": one}) for one in (-1, 2**31, "many", 1.5, [])]
    answers += [("failure", {"workerId": "w", "retries": 1, "retryTimeout": one}) for one in (-1, 10**18, "x", [])]
    for action, more in (
        ("complete", {}),
        ("failure", {"retries": 0}),
        ("bpmnError", {"errorCode": "x"}),
        ("extendLock", {"newDuration": 1000}),
    ):
        answers += [(action, {**more, "workerId": one}) for one in ("other", "", "x" * 10_240, None)]
    nothing_changes("08", [lambda a=action, b=body: api.post(f"{path}/{a}", b) for action, body in answers])  # type: ignore[misc]


TIMERS = {
    "cycle": ("R999999999/PT0S", "R/PT0S", "R/PT0.001S", "R/PT1S", "R0/PT1S", "R-1/PT1S", "R5/P10000Y", "R/0001-01-01T00:00:00Z/PT1S", "* * * * * *", "0/0 * * * * ?", "x", ""),
    "duration": ("PT0.001S", "PT-5S", "-P1D", "P10000Y", "P99999999999Y", "PT" + "9" * 400 + "S", "P", "PT", "5", "x", "PT1H;DROP"),
    "date": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00 Nowhere/Land", "10000-01-01T00:00:00Z", "now", ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", TIMERS)
def test_row_09_timers(api: Api, kind: str) -> None:
    for number, text in enumerate(TIMERS[kind]):
        tag = {"cycle": "timeCycle", "duration": "timeDuration", "date": "timeDate"}[kind]
        timer = f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{tag}></bpmn:timerEventDefinition>'
        key, before = f"{kind}{number}", contents()
        answer = api.deploy(
            process(
                key,
                f'<bpmn:startEvent id="a">{timer}</bpmn:startEvent><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"/><bpmn:endEvent id="b"/>',
            )
        )
        CASES["09"] += 1
        if answer.status != 200:
            assert answer.refused(400), text
            assert contents() == before, text
            continue
        # Accepted: no tight loop. However often the sweeper looks within one moment, it starts at most a few.
        runs = HistoricJobLog.objects.count()
        for _ in range(20):
            jobs.run_once("bad-input")
        assert HistoricProcessInstance.objects.filter(process_definition_key=key).count() <= 3, text
        assert HistoricJobLog.objects.count() - runs <= 20, text
        Job.objects.all().delete()


def test_row_10_what_is_not_there_any_more(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    done, gone = waiting_task(), waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    api.post(f"/external-task/{done['id']}/complete", {"workerId": "w"}).ok()
    api.delete(f"/process-instance/{gone['processInstanceId']}").ok()
    bound, _ = WorkerCredential.issue("bound", topics=["other"]), waiting_task()
    [open_task] = api.get("/external-task?notLocked=true").ok()
    worker = Api(f"Bearer {bound[1]}")
    # Notes when the token was used, once a minute.
    worker.get("/engine").ok()
    paths = [
        done["id"],
        gone["id"],
        UNKNOWN,
        "nope",
        "..",
        "%2e%2e%2f",
        "..%2F..%2Fetc%2Fpasswd",
        "' OR 1=1 --",
        "x" * 5_000,
    ]
    nothing_changes(
        "10", [lambda i=i: api.post(f"/external-task/{i}/complete", {"workerId": "w"}) for i in paths], (404,)
    )  # type: ignore[misc]
    # Not permitted reads as not there: no oracle.
    nothing_changes(
        "10", [lambda: worker.post(f"/external-task/{open_task['id']}/complete", {"workerId": "w"})], (404,)
    )
    nothing_changes(
        "10", [lambda i=i: worker.post(f"/external-task/{i}/complete", {"workerId": "w"}) for i in paths[:4]], (404,)
    )  # type: ignore[misc]
    queries = [
        "sortBy=id;DROP TABLE x&sortOrder=asc", "sortBy=__class__&sortOrder=asc", "sortBy=process_instance__id&sortOrder=asc", "sortBy=taskPriority&sortOrder=asc;--",
        "maxResults=1000000000000000000000", "maxResults=x", "maxResults=1e9", "firstResult=99999999999999999999",
    ]  # fmt: skip
    nothing_changes("10", [lambda q=q: api.get(f"/external-task?{q}") for q in queries])  # type: ignore[misc]


def test_row_11_fields_that_nobody_asked_for(api: Api, waiting_task: Callable[..., dict[str, Any]]) -> None:
    extra = {
        "id": UNKNOWN, "tenant": "t", "tenantId": "t", "tenant_id": "t", "retries": 99, "state": "COMPLETED", "suspended": True, "created_by": "x",
        "processDefinitionId": "x", "startUserId": "somebody", "partition": 5, "root_process_instance_id": UNKNOWN, "lockExpirationTime": None, "priority": 99,
    }  # fmt: skip
    api.deploy(user_task_process("human")).ok()
    started = api.post(START, extra).ok()
    assert (started["tenantId"], started["suspended"], started["ended"]) == (None, False, False)
    assert started["id"] != UNKNOWN
    assert api.get(f"/history/process-instance/{started['id']}").ok()["startUserId"] == "root"
    task = waiting_task()
    assert task["tenantId"] is None
    api.post("/external-task/fetchAndLock", {**FETCH, **extra}).ok()
    api.post(
        f"/external-task/{task['id']}/failure",
        {"workerId": "w", "retries": 1, **{k: v for k, v in extra.items() if k != "retries"}},
    ).ok()
    after = api.get(f"/external-task/{task['id']}").ok()
    assert (after["retries"], after["priority"], after["tenantId"], after["id"]) == (1, 0, None, task["id"])
    api.post("/external-task/fetchAndLock", FETCH).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w", **extra}).ok()
    assert api.get(f"/history/process-instance/{task['processInstanceId']}").ok()["state"] == "COMPLETED"
    nothing_changes(
        "11",
        [
            lambda: api.deploy(external_task_process("x", "t"), id=UNKNOWN),
            lambda: api.deploy(external_task_process("x", "t"), created_by="x"),
        ],
    )
    CASES["11"] += 4


def waiting_for_message(key: str) -> str:
    body = """<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"/>
    <bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="g" sourceRef="c" targetRef="u"/><bpmn:userTask id="u"/>"""
    return process(key, body).replace("<bpmn:process id", '<bpmn:message id="m" name="go"/><bpmn:process id')


def test_row_12_messages(api: Api) -> None:
    api.deploy(waiting_for_message("waits")).ok()
    for number in range(3):
        api.start("waits", businessKey=f"b{number}", variables={"n": {"value": number}})
    bad: list[dict[str, Any]] = [
        {}, {"messageName": ""}, {"messageName": None}, {"messageName": "%"}, {"messageName": "*"}, {"messageName": "go"}, {"messageName": "go", "businessKey": "*"},
        {"messageName": "go", "businessKey": "%"}, {"messageName": "go", "correlationKeys": {}}, {"messageName": "go", "correlationKeys": {"n": {"value": 7}}},
        {"messageName": "go", "correlationKeys": {"n": 1}}, {"messageName": "go", "processInstanceId": "nope"}, {"messageName": "go", "businessKey": "nobody", "resultEnabled": True},
        {"messageName": "GO", "businessKey": "b1"},
    ]  # fmt: skip
    nothing_changes("12", [lambda body=body: api.post("/message", body) for body in bad])  # type: ignore[misc]
    # Replayed: one is let in, the others find nobody who waits.
    api.post("/message", {"messageName": "go", "businessKey": "b1"}).ok()
    nothing_changes("12", [lambda: api.post("/message", {"messageName": "go", "businessKey": "b1"})] * 20)
    keyed = [
        api.post("/message", {"messageName": "go", "businessKey": "b2"}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(20)
    ]
    assert {answer.status for answer in keyed} == {204}
    assert api.get("/task/count").ok() == {"count": 2}


def test_row_13_sessions_of_browsers(human: Api) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(get_user_model().objects.get(username="root"))
    body = json.dumps({}).encode()

    def post(**headers: Any) -> Answer:
        return Answer(browser.post(ROOT + START, body, content_type="application/json", **headers))

    instance = human.start("human")["id"]
    nothing_changes(
        "13", [post, lambda: post(HTTP_X_CSRFTOKEN="x" * 32), lambda: post(HTTP_ORIGIN="https://evil.example")], (403,)
    )
    nothing_changes("13", [lambda: Answer(browser.delete(f"{ROOT}/process-instance/{instance}"))], (403,))
    assert browser.get(f"{ROOT}/task").status_code == 200
    # No other origin is let in, a token in the address is none, and pages of the admin change nothing by GET.
    _, token = WorkerCredential.issue("w")
    answer = human.get("/task", HTTP_ORIGIN="https://evil.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    nothing_changes(
        "13", [lambda: Api().get(f"/task?token={token}&access_token={token}&authorization=Bearer%20{token}")], (401,)
    )
    before = contents()
    for name in ("delete", "suspend", "cancel", "activate"):
        assert browser.get(f"/admin/workflow_engine/processinstance/{instance}/do/{name}/").status_code in (
            200,
            302,
            404,
            405,
        )
    assert contents() == before
    CASES["13"] += 5


def test_row_14_those_who_wait(
    api: Api, waiting_task: Callable[..., dict[str, Any]], settings: Any, monkeypatch: Any
) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_waiting_threads": 1}}
    idle = {**FETCH, "topics": [{"topicName": "nobody", "lockDuration": 1000}], "asyncResponseTimeout": 60_000}
    started, before = time.monotonic(), contents()
    assert long_polling._enter()
    try:
        # The one place is taken: answered at once instead of holding another thread.
        for _ in range(10):
            assert api.post("/external-task/fetchAndLock", idle).ok() == []
    finally:
        long_polling._leave()
    assert time.monotonic() - started < 30
    assert contents() == before
    # A client that is gone when there is work gets none of it.
    monkeypatch.setattr(long_polling, "_has_hung_up", lambda request: True)
    assert api.post("/external-task/fetchAndLock", idle).ok() == []
    assert long_polling.waiting_threads() == 0
    # One that vanished with its tasks: they come back with the end of the lock, and the first holder is told so.
    task = waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    assert api.post("/external-task/fetchAndLock", {**FETCH, "workerId": "other"}).ok() == []
    clock.travel(timedelta(seconds=2))
    [again] = api.post("/external-task/fetchAndLock", {**FETCH, "workerId": "other"}).ok()
    assert again["id"] == task["id"]
    nothing_changes("14", [lambda: api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})])
    CASES["14"] += 12


def test_row_15_serialised_objects(human: Api) -> None:
    info = {"objectTypeName": "java.util.ArrayList", "serializationDataFormat": "application/x-java-serialized-object"}
    values: list[dict[str, Any]] = [
        {"value": "rO0ABXQ=", "type": "Object", "valueInfo": info},
        {"value": "gASVCgAAAAAAAACMBm9zLnB5lC4=", "type": "Object", "valueInfo": {"objectTypeName": "x"}},
        {"value": "!!python/object/apply:os.system ['id']", "type": "Yaml"},
        {"value": "x", "type": "Pickle"},
        {"value": "x", "type": "java.lang.Object"},
        {
            "value": '{"@class": "x"',
            "type": "Object",
            "valueInfo": {**info, "serializationDataFormat": "application/json"},
        },
        {
            "value": {"__reduce__": 1},
            "type": "Object",
            "valueInfo": {**info, "serializationDataFormat": "application/json"},
        },
        {"value": "x", "type": "Object", "valueInfo": {"objectTypeName": "x", "serializationDataFormat": 5}},
        {"value": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "type": "Xml"},
    ]
    instance = human.start("human")["id"]
    [task] = human.get("/task").ok()
    for path in (START, f"/task/{task['id']}/complete", f"/process-instance/{instance}/variables/v"):
        if path.endswith("/v"):
            nothing_changes("15", [lambda value=value: human.put(path, value) for value in values])  # type: ignore[misc]  # noqa: B023
        else:
            nothing_changes("15", [lambda v=value, p=path: human.post(p, {"variables": {"v": v}}) for value in values])  # type: ignore[misc]
    # A type hint within JSON is data.
    kept = {"value": '{"@class":"java.lang.Runtime","py/object":"os.system"}', "type": "Json"}
    human.put(f"/process-instance/{instance}/variables/v", kept).ok()
    assert human.get(f"/process-instance/{instance}/variables/v?deserializeValue=false").ok()["value"] == kept["value"]


def test_row_16_those_who_may_no_longer_come_in(human: Api) -> None:
    users = get_user_model().objects
    permission = Permission.objects.get(codename="start_process")
    people = {}
    for name in ("deleted", "renamed", "disabled", "changed"):
        people[name] = users.create_user(name, password="secret")
        people[name].user_permissions.add(permission)
    apis = {name: Api(basic(name, "secret")) for name in people}
    tokens = {
        name: WorkerCredential.issue(name, user=people["disabled"] if name == "of disabled" else None)
        for name in ("revoked", "expired", "gone", "of disabled")
    }
    apis |= {name: Api(f"Bearer {token}") for name, (_, token) in tokens.items()}
    for one in apis.values():
        assert one.post("/external-task/fetchAndLock", FETCH).status in (200, 403)
        assert one.get("/engine").status == 200
    # At once, although their credentials were good a moment ago.
    people["deleted"].delete()
    users.filter(username="renamed").update(username="another")
    users.filter(username="disabled").update(is_active=False)
    people["changed"].set_password("other")
    people["changed"].save()
    WorkerCredential.objects.filter(name="revoked").update(is_revoked=True)
    WorkerCredential.objects.filter(name="expired").update(expires=clock.now() - timedelta(seconds=1))
    WorkerCredential.objects.filter(name="gone").delete()
    nothing_changes("16", [lambda one=one: one.post(START) for one in apis.values()], (401,))  # type: ignore[misc]
    strange = [
        "Bearer",
        "Bearer x.y.z",
        "Bearer " + "x" * 5_000,
        "Basic",
        "Basic !!!",
        "Basic " + "eA==",
        "Digest x",
        "Negotiate x",
        "Basic cm9vdDo=",
        "x" * 9_000,
        "Bearer \u00fc",
    ]
    nothing_changes("16", [lambda header=header: Api(header).post(START) for header in strange], (401,))  # type: ignore[misc]


def test_the_table_is_complete() -> None:
    rows = {name[len("test_row_") :][:2] for name in globals() if name.startswith("test_row_")}
    assert rows == {f"{number:02}" for number in range(1, ROWS + 1)}
