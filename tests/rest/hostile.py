"""What a caller may throw at any address of the API, and a world in which every address has something to name."""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from tests.rest.conftest import Answer, Api, process
from workflow_engine.rest import urls
from workflow_engine.rest.request_body import Body

DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
BODIES: dict[str, bytes] = {
    "null": b"null",
    "array": b"[]",
    "array of one": b"[1]",
    "array of objects": b"[{}]",
    "text": b'"text"',
    "number": b"5",
    "true": b"true",
    "white space": b" \n ",
    "no JSON": b"{not json",
    "cut off": b'{"a": [1, 2',
    "two values": b"{} {}",
    "NaN": b'{"variables": {"v": {"value": NaN}}}',
    "infinity": b'{"variables": {"v": {"value": -Infinity}}}',
    "large float": b'{"variables": {"v": {"value": 1e400}}}',
    "large integer": b'{"retries": ' + b"9" * 5000 + b"}",
    "65 bits": b'{"priority": 18446744073709551616}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "lone surrogate in a name": b'{"\\udfff": 1}',
    "raw control character": b'{"name": "a\x01"}',
    "broken UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "deep": DEEP,
    "deep array": b'{"variables":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "duplicate names": b'{"name": "a", "name": {"b": 1}, "name": [2]}',
    "prototype": b'{"__proto__": {"admin": true}, "__class__": "x", "constructor": {}}',
}
KINDS = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/xml",
    "",
    "nonsense",
    "application/json; charset=utf-7",
)
FORMS: dict[str, tuple[bytes, str]] = {
    "no boundary": (b"garbage", "multipart/form-data"),
    "empty": (b"", "multipart/form-data; boundary=x"),
    "no part": (b"garbage", "multipart/form-data; boundary=x"),
    "cut off in the header": (b'--x\r\nContent-Disposition: form-data; name="da', "multipart/form-data; boundary=x"),
    "cut off in the content": (
        b'--x\r\nContent-Disposition: form-data; name="data"; filename="a.bpmn"\r\n\r\n<definit',
        "multipart/form-data; boundary=x",
    ),
    "broken base64": (
        b'--x\r\nContent-Disposition: form-data; name="data"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "no name": (b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "path as name": (
        b'--x\r\nContent-Disposition: form-data; name="data"; filename="../../etc/passwd"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "many fields": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % n for n in range(2_000))
        + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "strange boundary": (b"", "multipart/form-data; boundary=" + "x" * 5_000),
    "boundary that is no ASCII": (b"", "multipart/form-data; boundary=\u00fc"),
}
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63 - 1, -(2**63), 1.5, 1e300, "", " ", "x", "true", "-5", "9" * 30, "x" * 300, "x" * 20_000,
    "\u202e<img src=x onerror=alert(1)>\u200b", "a\r\nSet-Cookie: x", "' OR 1=1 --", "../..", "${1/0}", "2026-02-30T00:00:00.000+0000",
    "0000-01-01T00:00:00.000+0000", "9999-12-31T23:59:59.999-1200", [], [None], [[]], [{}], ["x"], [5], ["x"] * 2_000, {}, {"a": None}, {"a": 5},
    {"a": {}}, {"a": {"value": {"b": []}, "type": "Json"}}, {"type": "x", "value": "y"}, {"x" * 300: {"value": 1}}, {"": {}},
)  # fmt: skip
QUERY_VALUES = (
    "", " ", "x", "-1", "0", "1.5", "99999999999999999999", "true,false", ",", ",,a,,", "a" * 3_000, "%C3%28", "%EF%BB%BF", "%0d%0aX:1",
    "'", "%25", "%5f%25", "name_eq_1", "a_eq_b_eq_c", "_", "__", "a_nope_b", "a_like_%25", "2026-02-30T00:00:00.000+0000", "\u202e",
    "0001-01-01T00:00:00.000+1400", "9999-12-31T23:59:59.999-1200", "%F0%9F%98%80", "%ED%A0%80", "${1/0}", "[1]", "{}",
)  # fmt: skip
MODEL = process(
    "world",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="fork"/>
    <bpmn:parallelGateway id="fork"/><bpmn:sequenceFlow id="f1" sourceRef="fork" targetRef="human"/>
    <bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="work"/><bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="later"/>
    <bpmn:sequenceFlow id="f4" sourceRef="fork" targetRef="catch"/><bpmn:sequenceFlow id="f5" sourceRef="fork" targetRef="broken"/>
    <bpmn:userTask id="human" name="Human"/><bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work"/>
    <bpmn:userTask id="later" camunda:asyncBefore="true"/>
    <bpmn:serviceTask id="broken" camunda:type="external" camunda:topic="broken"/>
    <bpmn:intermediateCatchEvent id="catch"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>""",
).replace("<bpmn:process id", '<bpmn:message id="m" name="go"/><bpmn:process id')
TASK: dict[str, Any] = {
    "lockToken": None, "variables": {"v": {"value": 1, "type": "Integer"}}, "localVariables": {"l": {"value": "x"}},
    "errorMessage": "x", "errorDetails": "x", "retries": 1, "retryTimeout": 0, "newDuration": 1000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """One method of one URL pattern."""

    method: str
    pattern: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method} /{self.pattern}"

    def path(self, names: dict[str, str]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: names.get(match.group(1), "x"), self.pattern)


def addresses(*methods: str) -> list[Address]:
    """Every method of every pattern of `workflow_engine.rest.urls`, without its repetition below engine/{name}/."""
    found = []
    for entry in urls.urlpatterns:
        view = getattr(getattr(entry, "callback", None), "cls", None)
        pattern = str(entry.pattern)
        if view is None or pattern.startswith("^") or not pattern:
            continue
        found += [
            Address(method, pattern, view)
            for method in methods
            if hasattr(view, method.lower()) and method.lower() in view.http_method_names
        ]
    return found


class World:
    """A process instance with a user task, external tasks, a job, an incident, a subscription, variables, files, and its history."""

    def __init__(self, api: Api) -> None:
        self.api = api
        deployment = api.deploy(MODEL).ok()
        definition = next(iter(deployment["deployedProcessDefinitions"]))
        instance = api.start("world", variables={"v": {"value": "x"}, "b": {"value": "aGk=", "type": "Bytes"}})["id"]
        api.post("/external-task/fetchAndLock", self.fetch("broken")).ok()
        [broken] = api.get("/external-task?topicName=broken").ok()
        api.post(f"/external-task/{broken['id']}/failure", {"workerId": "w", "errorDetails": "d", "retries": 0}).ok()
        api.post("/external-task/fetchAndLock", self.fetch("work")).ok()
        self.by_resource = {
            "external-task": self.one("/external-task?topicName=work"),
            "task": self.one("/task"),
            "variable-instance": self.one("/variable-instance?variableName=b"),
            "incident": self.one("/incident"),
            "job": self.one("/job"),
            "job-definition": self.one("/job-definition"),
            "execution": self.one("/execution?active=true&messageEventSubscriptionName=go"),
            "history/activity-instance": self.one("/history/activity-instance"),
            "history/variable-instance": self.one("/history/variable-instance?variableName=b"),
            "history/detail": self.one("/history/detail"),
            "history/external-task-log": self.one("/history/external-task-log?failureLog=true"),
            "history/job-log": self.one("/history/job-log"),
        }
        self.names = {
            "key": "world", "definition_id": definition, "instance_id": instance, "process_instance_id": instance,
            "deployment_id": deployment["id"], "name": "v", "message_name": "go", "tenant_id": "t",
            "resource_id": self.one(f"/deployment/{deployment['id']}/resources"),
        }  # fmt: skip
        self.names.update(self.people())
        instruction = {"sourceActivityIds": ["human"], "targetActivityIds": ["human"], "updateEventTrigger": False}
        plan = {
            "sourceProcessDefinitionId": definition,
            "targetProcessDefinitionId": definition,
            "instructions": [instruction],
        }
        self.plausible = {
            **plan,
            "migrationPlan": plan,
            "processInstanceIds": [instance],
            "processDefinitionId": definition,
            "tasks": [{"id": self.by_resource["external-task"], **TASK}],
            "instances": [{"processDefinitionKey": "world", "businessKey": "b", "variables": TASK["variables"]}],
        }
        # Every request is undone, so these stay right.
        self.rows = row_counts()

    def people(self) -> dict[str, str]:
        """A user, a group, a tenant, a filter and an authorization."""
        assert self.api.post("/user/create", {"profile": {"id": "u"}}).status == 204
        for kind in ("group", "tenant"):
            assert self.api.post(f"/{kind}/create", {"id": kind[0]}).status == 204
        grant = {"type": 1, "userId": "u", "resourceType": 6, "resourceId": "world", "permissions": ["READ"]}
        query = {"assigneeExpression": "${currentUser()}"}
        stored = {"resourceType": "Task", "name": "f", "query": query}
        return {
            "user_id": "u", "group_id": "g", "tenant_id": "t",
            "authorization_id": self.api.post("/authorization/create", grant).ok()["id"],
            "filter_id": self.api.post("/filter/create", stored).ok()["id"],
        }  # fmt: skip

    @staticmethod
    def fetch(topic: str) -> dict[str, Any]:
        return {"workerId": "w", "maxTasks": 5, "topics": [{"topicName": topic, "lockDuration": 100_000}]}

    def one(self, path: str) -> str:
        return str(self.api.get(path).ok()[0]["id"])

    def path(self, address: Address, **others: str) -> str:
        """`others`: what it names instead of what is in this world."""
        ids = [row_id for resource, row_id in self.by_resource.items() if address.pattern.startswith(f"{resource}/")]
        names = {**self.names, **others}
        for name in re.findall(r"<(?:\w+:)?(\w+_id|id)>", address.pattern):
            names.setdefault(name, ids[-1] if ids else "x")
        return address.path(names)

    def send(self, address: Address, body: Any = None, query: str = "", **extra: Any) -> Answer:
        """The answer; whatever it changed is undone, and a refusal must not have stored or removed anything."""
        with undone():
            answer = self.api.call(address.method, self.path(address) + query, body, **extra)
            assert answer.status < 500 or answer.status == 501, (str(address), query, body, answer.content)
            if isinstance(answer.json, dict) and isinstance(results := answer.json.get("results"), list):
                assert all(result["status"] < 500 for result in results), (str(address), body, answer.content)
            if answer.status >= 400:
                assert row_counts() == self.rows, (str(address), body, answer.content)
        return answer


def row_counts() -> tuple[int, ...]:
    """Of all tables of the engine, in one statement."""
    tables = [
        model._meta.db_table for model in apps.get_app_config("workflow_engine").get_models() if not model._meta.proxy
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f'(SELECT count(*) FROM "{table}")' for table in sorted(set(tables))))
        return tuple(cursor.fetchone() or ())


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Asked(dict[str, Any]):
    """A body that remembers which of its fields somebody wanted to know."""

    def __init__(self, values: dict[str, Any], names: set[str]) -> None:
        super().__init__(values)
        self.names = names

    def get(self, name: Any, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: Any) -> bool:
        self.names.add(name)
        return super().__contains__(name)


PLAUSIBLE = {
    "workerId": "w", "topics": [{"topicName": "work", "lockDuration": 1000}], "lockDuration": 1000, "newDuration": 1000, "userId": "u",
    "groupId": "g", "type": "candidate", "retries": 1, "messageName": "go", "name": "go", "errorCode": "x", "escalationCode": "x",
    "suspended": True, "priority": 1, "incidentType": "x", "jobDefinitionId": "x", "processDefinitionKey": "world", "value": 1,
    "variables": {"v": {"value": 1, "type": "Integer", "valueInfo": {}}}, "modifications": {"v": {"value": 1, "type": "Long"}},
    "processVariables": {"v": {"value": "x", "type": "String"}}, "correlationKeys": {"v": {"value": "x"}}, "updateEventTriggers": True,
    "sorting": [{"sortBy": "nope", "sortOrder": "asc"}], "orQueries": [{}], "annotation": "x", "duedate": "2030-01-01T00:00:00.000+0000", "instructions": [{"type": "cancel", "activityId": "human"}],
}  # fmt: skip


def nested_mistakes(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body again and again, each time with another value at one place within its objects."""
    turn = 0
    for name in fields:
        for place in _places(fields[name]):
            turn += 1
            for value in VALUES[turn % 4 :: 4]:
                body = copy.deepcopy(fields)
                inner = body[name]
                for step in place[:-1]:
                    inner = inner[step]
                inner[place[-1]] = value
                yield body


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (key,)
        yield from ((key, *rest) for rest in _places(child))


def fields_of(world: World, address: Address, monkeypatch: Any) -> dict[str, Any]:
    """The names that the address reads from its body, and a body that gets it far."""
    from workflow_engine.rest import base

    names: set[str] = set()
    sent: dict[str, Any] = {}
    read_body = base.read_body

    def recording(request: Any) -> Body:
        return Body(Asked(read_body(request).values, names))

    with monkeypatch.context() as patch:
        patch.setattr(base, "read_body", recording)
        for _ in range(4):
            before = set(names)
            world.send(address, sent)
            known = {**PLAUSIBLE, **world.plausible}
            sent = {name: copy.deepcopy(known[name]) for name in sorted(names) if name in known}
            if names == before:
                break
    return {name: sent.get(name) for name in sorted(names)}
