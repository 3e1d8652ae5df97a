"""Sequence flows, gateways and links."""

from tests.unit.bpmn.models import event_sub_process, flow, parse, problems, sub_process
from workflow_engine.bpmn.model import StartBehavior

CONDITION = "<conditionExpression>${x}</conditionExpression>"
CATCH = '<intermediateCatchEvent id="{}">{}</intermediateCatchEvent>'
MESSAGE = '<messageEventDefinition messageRef="m1"/>'


def test_outgoing_flows_keep_the_order_of_the_file():
    process = parse(
        '<parallelGateway id="g"/><task id="a"/><task id="b"/><task id="c"/>'
        + flow("g", "c")
        + flow("g", "a")
        + flow("start", "g")
        + flow("g", "b")
    )
    gateway = process.activity("g")
    assert [f.target.id for f in gateway.outgoing] == ["c", "a", "b"]
    assert [f.source.id for f in gateway.incoming] == ["start"]
    assert process.flows["g_c"].target is process.activity("c")
    assert [a.id for a in process.activities] == ["start", "g", "a", "b", "c"]


def test_conditions_defaults_and_listeners():
    process = parse(
        '<exclusiveGateway id="g" default="g_b"/><task id="a"/><task id="b"/>'
        + flow(
            "g",
            "a",
            '<extensionElements><camunda:executionListener event="take" expression="${log}"/></extensionElements>'
            + CONDITION,
        )
        + flow("g", "b")
    )
    gateway = process.activity("g")
    assert gateway.default_flow is process.flows["g_b"]
    assert process.flows["g_a"].condition.text == "${x}"
    assert [listener.event for listener in process.flows["g_a"].listeners] == ["take"]


def test_a_condition_may_be_a_script():
    script = '<conditionExpression xsi:type="tFormalExpression" language="javascript">x &gt; 1</conditionExpression>'
    condition = parse('<task id="a"/>' + flow("start", "a", script)).flows["start_a"].condition
    assert (condition.format, condition.source) == ("javascript", "x > 1")
    assert problems(
        '<task id="a"/>' + flow("start", "a", CONDITION.replace("Expression>", 'Expression xsi:type="tOther">', 1))
    )


def test_what_an_exclusive_gateway_must_be_like():
    tasks = '<task id="a"/><task id="b"/>'
    assert problems('<exclusiveGateway id="g"/>')
    assert problems('<exclusiveGateway id="g"/>' + tasks + flow("g", "a", CONDITION))
    assert problems('<exclusiveGateway id="g"/>' + tasks + flow("g", "a") + flow("g", "b"))
    assert problems(
        '<exclusiveGateway id="g" default="g_a"/>' + tasks + flow("g", "a", CONDITION) + flow("g", "b", CONDITION)
    )
    assert problems('<exclusiveGateway id="g" default="nothing"/>' + tasks + flow("g", "a"))


def test_links_lead_from_before_the_throwing_to_the_catching_event():
    process = parse(
        '<intermediateThrowEvent id="throw"><linkEventDefinition name="l"/></intermediateThrowEvent>'
        + CATCH.format("catch", '<linkEventDefinition name="l"/>')
        + flow("start", "throw")
    )
    assert "throw" not in process.flow_nodes
    assert process.flows["start_throw"].target is process.activity("catch")
    assert process.activity("catch").link_name == "l"


def test_links_must_be_caught_once():
    throw = '<intermediateThrowEvent id="throw"><linkEventDefinition name="l"/></intermediateThrowEvent>'
    catch = CATCH.format("c1", '<linkEventDefinition name="l"/>') + CATCH.format(
        "c2", '<linkEventDefinition name="l"/>'
    )
    assert problems(throw + flow("start", "throw"))
    assert problems(throw + catch + flow("start", "throw"))


def test_events_behind_an_event_based_gateway_wait_in_its_scope():
    process = parse(
        '<eventBasedGateway id="g"/>'
        + CATCH.format("m", MESSAGE)
        + CATCH.format("t", "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>")
        + flow("g", "t")
        + flow("g", "m")
    )
    gateway, event = process.activity("g"), process.activity("m")
    assert event.event_scope is gateway
    assert event.flow_scope is process
    assert not event.is_scope
    assert event.start_behavior is StartBehavior.CANCEL_EVENT_SCOPE
    assert [s.activity_id for s in gateway.event_subscriptions] == ["m"]
    assert [t.activity_id for t in gateway.timers] == ["t"]
    assert gateway.outgoing == ()


def test_what_an_event_based_gateway_must_be_like():
    gateway = '<eventBasedGateway id="g"/>'
    assert problems(gateway + '<receiveTask id="r"/>' + flow("g", "r"))
    assert problems(gateway + CATCH.format("m", MESSAGE) + flow("g", "m") + flow("start", "m"))
    assert problems(gateway + CATCH.format("l", '<linkEventDefinition name="l"/>') + flow("g", "l"))
    assert problems('<eventBasedGateway id="g" camunda:asyncAfter="true"/>')
    shared = gateway + '<eventBasedGateway id="g2"/>' + CATCH.format("m", MESSAGE) + flow("g", "m") + flow("g2", "m")
    assert problems(shared)


def test_flows_stay_in_their_sub_process():
    assert problems(sub_process('<task id="a"/>') + flow("start", "a"))
    assert problems(event_sub_process(MESSAGE) + '<task id="a"/>' + flow("esp", "a"))


def test_flows_without_id():
    bare = '<sequenceFlow sourceRef="start" targetRef="a"/>'
    process = parse('<task id="a"/>' + bare)
    assert process.activity("a").incoming == process.activity("start").outgoing != ()
    assert problems('<task id="a"/>' + bare, start='<startEvent id="start" camunda:asyncAfter="true"/>')
