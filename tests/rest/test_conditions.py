"""POST /condition: conditional start events, as the reference engine answers."""

import pytest

from tests.rest.conftest import Api, process

KEYS = {"definitionId", "definitionKey", "id", "businessKey", "ended", "suspended", "tenantId", "links"}


def model(key: str, condition: str, attributes: str = "") -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="start"><bpmn:conditionalEventDefinition {attributes}><bpmn:condition
        xsi:type="bpmn:tFormalExpression">{condition}</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>
        <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="ask"/><bpmn:userTask id="ask"/>""",
    )


@pytest.fixture
def hot(api: Api) -> str:
    (found,) = api.deploy(model("hot", "${heat &gt; 5}")).ok()["deployedProcessDefinitions"]
    return str(found)


def value(**values: object) -> dict[str, object]:
    return {"variables": {name: {"value": one} for name, one in values.items()}}


def test_who_holds_is_started_with_the_variables(api: Api, hot: str) -> None:
    [started] = api.post("/condition", {**value(heat=7), "businessKey": "k"}).ok()
    assert started.keys() >= KEYS
    assert (started["definitionId"], started["businessKey"], started["ended"]) == (hot, "k", False)
    variables = api.get(f"/process-instance/{started['id']}/variables").ok()
    assert variables["heat"]["value"] == 7
    [history] = api.get(f"/history/process-instance?processInstanceId={started['id']}").ok()
    assert history["startActivityId"] == "start"


@pytest.mark.parametrize(
    "body", [value(heat=3), value(), {}, value(cold=9)], ids=["false", "empty", "nothing", "other"]
)
def test_who_does_not_hold_is_not_started(api: Api, hot: str, body: dict[str, object]) -> None:
    assert api.post("/condition", body).ok() == []
    assert api.get("/process-instance/count").ok() == {"count": 0}
    assert api.get("/history/detail/count").ok() == {"count": 0}


def test_all_that_hold_are_started_each_once(api: Api, hot: str) -> None:
    api.deploy(model("loud", "${noise == 1}", 'camunda:variableName="noise"')).ok()
    started = api.post("/condition", value(heat=9, noise=1)).ok()
    assert sorted(one["definitionKey"] for one in started) == ["hot", "loud"]
    assert [one["definitionKey"] for one in api.post("/condition", value(noise=1)).ok()] == ["loud"]
    assert api.post("/condition", {**value(noise=1), "processDefinitionId": hot}).ok() == []
    [one] = api.post("/condition", {**value(heat=9, noise=1), "processDefinitionId": hot}).ok()
    assert one["definitionId"] == hot


def test_only_the_newest_version_listens_and_a_suspended_one_does_not(api: Api, hot: str) -> None:
    (newer,) = api.deploy(model("hot", "${heat &gt; 100}")).ok()["deployedProcessDefinitions"]
    assert api.post("/condition", value(heat=9)).ok() == []
    [started] = api.post("/condition", {**value(heat=9), "processDefinitionId": hot}).ok()
    assert started["definitionId"] == hot
    api.put(f"/process-definition/{newer}/suspended", {"suspended": True}).ok()
    assert "No subscriptions were found" in api.post("/condition", value(heat=900)).refused(400)


def test_refusals(api: Api, anonymous: Api, hot: str) -> None:
    assert anonymous.post("/condition", value(heat=9)).status == 401
    api.post("/condition", {**value(heat=9), "processDefinitionId": "nope"}).refused(404)
    api.post("/condition", {**value(heat=9), "tenantId": "t"}).refused(400)
    api.post("/condition", {**value(heat=9), "tenantId": "t", "withoutTenantId": True}).refused(400)
    api.post("/condition", {"variables": "x"}).refused(400)
    assert len(api.post("/condition", {**value(heat=9), "withoutTenantId": True}).ok()) == 1
