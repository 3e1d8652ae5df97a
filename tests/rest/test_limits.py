"""The limits that a site may set: on each side of each of them."""

from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process, user_task_process
from workflow_engine.models import Variable
from workflow_engine.store import definitions, instance_limits


@pytest.fixture
def instance(api: Api) -> str:
    api.deploy(user_task_process("human")).ok()
    return str(api.start("human")["id"])


@pytest.mark.parametrize(
    ("key", "enough", "told"),
    [
        ("MAX_MODEL_SIZE", 10_000, "bytes"),
        ("MAX_MODEL_DEPTH", 3, "deep"),
        ("MAX_MODEL_ELEMENTS", 7, "XML elements"),
        ("MAX_MODEL_ATTRIBUTES", 4, "attributes"),
        ("MAX_FLOW_ELEMENTS", 5, "flow elements"),
    ],
)
def test_models(api: Api, settings: Any, key: str, enough: int, told: str) -> None:
    model = external_task_process("a", "t")
    settings.WORKFLOW_ENGINE = {key: enough if key != "MAX_MODEL_SIZE" else len(model)}
    api.deploy(model).ok()
    settings.WORKFLOW_ENGINE = {key: enough - 1 if key != "MAX_MODEL_SIZE" else len(model) - 1}
    assert told in api.deploy(model).refused(400, "ParseException")
    # What was let in before goes on, also in a process that reads it now.
    definitions.forget_all()
    api.start("a")


def test_nesting(api: Api, instance: str, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_nesting": 10}}
    path = f"/process-instance/{instance}/variables/v"
    api.put(path, {"value": "[" * 10 + "]" * 10, "type": "Json"}).ok()
    api.put(path, {"value": "<a>" * 10 + "</a>" * 10, "type": "Xml"}).ok()
    assert "10 levels" in api.put(path, {"value": "[" * 11 + "]" * 11, "type": "Json"}).refused(400)
    assert "10 levels" in api.put(path, {"value": "<a>" * 11 + "</a>" * 11, "type": "Xml"}).refused(400)
    api.call("PUT", path, b'{"value":' + b"[" * 9 + b"]" * 9 + b"}").ok()
    assert "10 levels" in api.call("PUT", path, b'{"value":' + b"[" * 10 + b"]" * 10 + b"}").refused(400)


def test_query_strings(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_query_length": 10}}
    api.get("/task?name=12345").ok()
    assert "at most 10" in api.get("/task?name=123456").refused(414)


def test_pages(api: Api, instance: str, settings: Any) -> None:
    api.start("human")
    settings.WORKFLOW_ENGINE = {"REST": {"max_page_size": 1}}
    api.get("/process-instance").refused(400)
    api.get("/process-instance?maxResults=1000000000").refused(400)
    assert len(api.get("/process-instance?maxResults=1").ok()) == 1


def test_variables_of_an_instance_together(api: Api, instance: str, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(instance_limits, "MUCH", 100)
    settings.WORKFLOW_ENGINE = {"MAX_INSTANCE_SIZE": 1_000}
    path = f"/process-instance/{instance}/variables"
    for number in range(4):
        api.put(f"{path}/v{number}", {"value": "x" * 250}).ok()
    assert "1000" in api.put(f"{path}/v4", {"value": "x" * 250}).refused(400)
    assert "1000" in api.put(f"{path}/v0", {"value": "é" * 126, "type": "String"}).refused(400)
    api.post(path, {"modifications": {"v4": {"value": "x" * 250}}, "deletions": ["v0"]}).ok()
    task = api.get("/task").ok()[0]["id"]
    many = {f"w{n}": {"value": "aGk=" * 10, "type": "Bytes"} for n in range(10)}
    api.post(f"/task/{task}/complete", {"variables": many}).refused(400)
    api.post("/process-definition/key/human/start", {"variables": {"v": {"value": "x" * 1001}}}).refused(400)
    assert Variable.objects.count() == 4
    assert api.get("/task/count").ok() == {"count": 1}


def test_number_of_variables_of_a_scope(api: Api, instance: str, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"MAX_INSTANCE_VARIABLES": 250}
    path = f"/process-instance/{instance}/variables"

    def variables(start: int, count: int) -> dict[str, Any]:
        return {"modifications": {f"v{n}": {"value": n} for n in range(start, start + count)}}

    api.post(path, variables(0, 125)).ok()
    api.post(path, variables(125, 125)).ok()
    assert "250" in api.post(path, variables(250, 100)).refused(400)
    # Other values for the same names are no more variables; a task has its own.
    api.post(path, variables(0, 250)).ok()
    task = api.get("/task").ok()[0]["id"]
    api.post(f"/task/{task}/localVariables", variables(0, 200)).ok()
    api.post(f"/task/{task}/localVariables", variables(200, 100)).refused(400)
    assert Variable.objects.count() == 450


def test_large_multi_instances_are_no_variables_of_one_scope(api: Api, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"MAX_INSTANCE_VARIABLES": 100}
    api.deploy(
        process(
            "many",
            """<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/><bpmn:userTask id="t">
            <bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>150</bpmn:loopCardinality>
            </bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>""",
        )
    ).ok()
    api.start("many")
    assert Variable.objects.count() > 150
