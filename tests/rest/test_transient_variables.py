"""valueInfo.transient: there until the request is over, and nowhere afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rest.conftest import Api, process

SECRET = {"value": "s3cret", "type": "String", "valueInfo": {"transient": True}}


def two_steps(key: str, expression: str) -> str:
    """start -> user task -> the expression, kept as "seen" -> user task."""
    return process(
        key,
        f"""<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f0" sourceRef="a" targetRef="first"/>
        <bpmn:serviceTask id="first" camunda:expression="{expression}" camunda:resultVariable="atStart"/>
        <bpmn:sequenceFlow id="f1" sourceRef="first" targetRef="wait"/><bpmn:userTask id="wait"/>
        <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="second"/>
        <bpmn:serviceTask id="second" camunda:expression="{expression}" camunda:resultVariable="later"/>
        <bpmn:sequenceFlow id="f3" sourceRef="second" targetRef="end"/><bpmn:userTask id="end"/>""",
    )


def names(api: Api, instance: str) -> set[str]:
    """Of all variables that anybody can still find."""
    found = set(api.get(f"/process-instance/{instance}/variables").ok())
    found |= {row["name"] for row in api.get(f"/variable-instance?processInstanceIdIn={instance}").ok()}
    found |= {row["name"] for row in api.get(f"/history/variable-instance?processInstanceId={instance}").ok()}
    found |= {row["variableName"] for row in api.get(f"/history/detail?processInstanceId={instance}").ok()}
    return found


@pytest.fixture
def started(api: Api) -> str:
    api.deploy(two_steps("two-steps", "${s.length()}")).ok()
    return str(api.start("two-steps", variables={"s": SECRET, "kept": {"value": 1}})["id"])


def test_is_known_until_the_instance_waits(api: Api, started: str) -> None:
    assert names(api, started) == {"kept", "atStart"}
    [task] = api.get("/task").ok()
    api.post(f"/task/{task['id']}/complete", {"variables": {"s": SECRET}}).ok()
    assert names(api, started) == {"kept", "atStart", "later"}
    assert api.get(f"/process-instance/{started}/variables/later").ok()["value"] == 6


def test_is_gone_when_somebody_else_needs_it(api: Api, started: str) -> None:
    [task] = api.get("/task").ok()
    assert "s" in api.post(f"/task/{task['id']}/complete").refused(400)


def test_every_scope(api: Api, started: str) -> None:
    [task] = api.get("/task").ok()
    for scope in (
        f"/process-instance/{started}/variables",
        f"/execution/{started}/localVariables",
        f"/task/{task['id']}/variables",
        f"/task/{task['id']}/localVariables",
    ):
        api.put(f"{scope}/s", SECRET).ok()
        api.post(scope, {"modifications": {"s": SECRET}}).ok()
        api.get(f"{scope}/s").refused(404)
    assert names(api, started) == {"kept", "atStart"}


def test_a_variable_stays_what_it_is(api: Api, started: str) -> None:
    path = f"/process-instance/{started}/variables"
    message = "Cannot set transient variable with name kept to non-transient variable and vice versa."
    assert api.put(f"{path}/kept", SECRET).refused(400) == message
    assert api.get(f"{path}/kept").ok()["value"] == 1


@pytest.mark.parametrize("flag", ["true", 1, {}])
def test_is_true_or_false(api: Api, started: str, flag: Any) -> None:
    sent = {"value": 1, "valueInfo": {"transient": flag}}
    assert "Cannot set variable 'v': " in api.put(f"/process-instance/{started}/variables/v", sent).refused(400)


def test_where_nothing_is_set_at_once(api: Api) -> None:
    body = {"messageName": "m", "correlationKeys": {"s": SECRET}}
    assert "Cannot set variable 's': " in api.post("/message", body).refused(400)


@pytest.mark.parametrize("field", ["variables", "localVariables"])
def test_from_workers(api: Api, waiting_task: Callable[..., dict[str, Any]], field: str) -> None:
    task = waiting_task()
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 10_000}]}
    api.post("/external-task/fetchAndLock", fetch).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w", field: {"s": SECRET}}).ok()
    rows = api.get(f"/history/variable-instance?processInstanceId={task['processInstanceId']}").ok()
    assert rows == []


def test_stays_transient_in_a_called_instance(api: Api) -> None:
    api.deploy(two_steps("called", "${s.length()}")).ok()
    api.deploy(
        process(
            "calling",
            """<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="c"/>
            <bpmn:callActivity id="c" calledElement="called"><bpmn:extensionElements><camunda:in variables="all"/>
            <camunda:in source="s" target="copy"/></bpmn:extensionElements></bpmn:callActivity>""",
        )
    ).ok()
    api.start("calling", variables={"s": SECRET})
    assert {row["name"] for row in api.get("/history/variable-instance").ok()} == {"atStart"}


def test_of_the_scope_that_a_message_begins(api: Api) -> None:
    content = """<bpmn:startEvent id="a"/><bpmn:sequenceFlow id="f0" sourceRef="a" targetRef="wait"/><bpmn:userTask id="wait"/>
        <bpmn:boundaryEvent id="told" attachedToRef="wait" cancelActivity="false">
        <bpmn:messageEventDefinition messageRef="go"/></bpmn:boundaryEvent>
        <bpmn:sequenceFlow id="f1" sourceRef="told" targetRef="see"/>
        <bpmn:serviceTask id="see" camunda:expression="${execution.setVariable('seen', s.length())}"/>
        <bpmn:sequenceFlow id="f2" sourceRef="see" targetRef="after"/><bpmn:userTask id="after"/>"""
    model = process("telling", content).replace(
        "</bpmn:definitions>", '<bpmn:message id="go" name="go"/></bpmn:definitions>'
    )
    api.deploy(model).ok()
    started = str(api.start("telling")["id"])
    given = {"s": SECRET, "local": {"value": 1}}
    api.post("/message", {"messageName": "go", "processVariablesToTriggeredScope": given}).ok()
    assert names(api, started) == {"local", "seen"}
    held = {row["name"]: row for row in api.get(f"/variable-instance?processInstanceIdIn={started}").ok()}
    assert held["seen"]["activityInstanceId"] == started
    assert held["local"]["activityInstanceId"] not in (None, started)
