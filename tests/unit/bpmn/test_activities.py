"""What becomes of each element: its type in history, its behaviour, and whether it is a scope."""

import pytest

from tests.unit.bpmn.models import boundary, parse, problems, sub_process
from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import StartBehavior

EXTERNAL = 'camunda:type="external" camunda:topic="t"'


@pytest.mark.parametrize(
    ("xml", "type_", "behavior", "is_scope"),
    [
        ('<task id="a"/>', "task", behaviors.PASS_THROUGH_TASK, False),
        ('<manualTask id="a"/>', "manualTask", behaviors.PASS_THROUGH_TASK, False),
        ('<userTask id="a"/>', "userTask", behaviors.USER_TASK, False),
        (f'<serviceTask id="a" {EXTERNAL}/>', "serviceTask", behaviors.EXTERNAL_TASK, True),
        (f'<sendTask id="a" {EXTERNAL}/>', "sendTask", behaviors.EXTERNAL_TASK, True),
        (f'<businessRuleTask id="a" {EXTERNAL}/>', "businessRuleTask", behaviors.EXTERNAL_TASK, True),
        ('<businessRuleTask id="a" camunda:decisionRef="d"/>', "businessRuleTask", behaviors.DECISION_TASK, True),
        ('<serviceTask id="a" camunda:expression="${x}"/>', "serviceTask", behaviors.EXPRESSION_TASK, False),
        ('<serviceTask id="a" camunda:class="x.Y"/>', "serviceTask", behaviors.HANDLER_TASK, False),
        ('<serviceTask id="a" activiti:class="x.Y"/>', "serviceTask", behaviors.HANDLER_TASK, False),
        ('<serviceTask id="a" camunda:delegateExpression="${x}"/>', "serviceTask", behaviors.HANDLER_TASK, False),
        (
            '<scriptTask id="a" scriptFormat="javascript"><script>1</script></scriptTask>',
            "scriptTask",
            "script_task",
            False,
        ),
        ('<receiveTask id="a"/>', "receiveTask", behaviors.RECEIVE_TASK, False),
        ('<receiveTask id="a" messageRef="m1"/>', "receiveTask", behaviors.RECEIVE_TASK, True),
        ('<callActivity id="a" calledElement="x"/>', "callActivity", behaviors.CALL_ACTIVITY, True),
        ('<transaction id="a"/>', "transaction", behaviors.SUB_PROCESS, True),
        ('<inclusiveGateway id="a"/>', "inclusiveGateway", behaviors.INCLUSIVE_GATEWAY, False),
        ('<parallelGateway id="a"/>', "parallelGateway", behaviors.PARALLEL_GATEWAY, False),
        ('<eventBasedGateway id="a"/>', "eventBasedGateway", behaviors.EVENT_BASED_GATEWAY, True),
    ],
)
def test_activities(xml, type_, behavior, is_scope):
    activity = parse(xml).activity("a")
    assert (activity.type, activity.behavior, activity.is_scope) == (type_, behavior, is_scope)


EVENTS = [
    ("intermediateThrowEvent", "", "intermediateNoneThrowEvent", behaviors.NONE_THROW_EVENT, False),
    (
        "intermediateThrowEvent",
        "<messageEventDefinition/>",
        "intermediateNoneThrowEvent",
        behaviors.NONE_THROW_EVENT,
        False,
    ),
    (
        "intermediateThrowEvent",
        f"<messageEventDefinition {EXTERNAL}/>",
        "intermediateMessageThrowEvent",
        behaviors.EXTERNAL_TASK,
        True,
    ),
    (
        "intermediateThrowEvent",
        '<signalEventDefinition signalRef="s1"/>',
        "intermediateSignalThrow",
        behaviors.SIGNAL_THROW_EVENT,
        False,
    ),
    (
        "intermediateThrowEvent",
        '<escalationEventDefinition escalationRef="x1"/>',
        "intermediateEscalationThrowEvent",
        behaviors.ESCALATION_EVENT,
        False,
    ),
    (
        "intermediateThrowEvent",
        "<compensateEventDefinition/>",
        "intermediateCompensationThrowEvent",
        behaviors.COMPENSATION_EVENT,
        True,
    ),
    ("endEvent", "", "noneEndEvent", behaviors.NONE_END_EVENT, False),
    ("endEvent", "<messageEventDefinition/>", "endEvent", behaviors.NONE_THROW_EVENT, False),
    ("endEvent", f"<messageEventDefinition {EXTERNAL}/>", "messageEndEvent", behaviors.EXTERNAL_TASK, True),
    ("endEvent", '<signalEventDefinition signalRef="s1"/>', "signalEndEvent", behaviors.SIGNAL_THROW_EVENT, False),
    ("endEvent", '<errorEventDefinition errorRef="e1"/>', "errorEndEvent", behaviors.ERROR_END_EVENT, False),
    ("endEvent", "<terminateEventDefinition/>", "terminateEndEvent", behaviors.TERMINATE_END_EVENT, False),
    ("endEvent", "<compensateEventDefinition/>", "compensationEndEvent", behaviors.COMPENSATION_EVENT, True),
    (
        "endEvent",
        '<escalationEventDefinition escalationRef="x1"/>',
        "escalationEndEvent",
        behaviors.ESCALATION_EVENT,
        False,
    ),
    (
        "intermediateCatchEvent",
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        "intermediateTimer",
        behaviors.INTERMEDIATE_CATCH_EVENT,
        True,
    ),
    (
        "intermediateCatchEvent",
        '<messageEventDefinition messageRef="m1"/>',
        "intermediateMessageCatch",
        behaviors.INTERMEDIATE_CATCH_EVENT,
        True,
    ),
    (
        "intermediateCatchEvent",
        '<signalEventDefinition signalRef="s1"/>',
        "intermediateSignalCatch",
        behaviors.INTERMEDIATE_CATCH_EVENT,
        True,
    ),
    (
        "intermediateCatchEvent",
        "<conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition>",
        "intermediateConditional",
        behaviors.CONDITIONAL_CATCH_EVENT,
        True,
    ),
    (
        "intermediateCatchEvent",
        '<linkEventDefinition name="l"/>',
        "intermediateLinkCatch",
        behaviors.LINK_CATCH_EVENT,
        True,
    ),
]


@pytest.mark.parametrize(("tag", "definition", "type_", "behavior", "is_scope"), EVENTS)
def test_events(tag, definition, type_, behavior, is_scope):
    event = parse(f'<{tag} id="a">{definition}</{tag}>').activity("a")
    assert (event.type, event.behavior, event.is_scope) == (type_, behavior, is_scope)


def test_a_cancel_end_event_belongs_into_a_transaction():
    cancel = '<endEvent id="a"><cancelEventDefinition/></endEvent>'
    event = parse(f'<transaction id="t">{cancel}</transaction>').activity("a")
    assert event.type == "cancelEndEvent"
    assert event.start_behavior is StartBehavior.INTERRUPT_FLOW_SCOPE
    assert event.throws_compensation
    assert event.is_scope
    assert problems(cancel)
    assert problems(sub_process(cancel))


def test_a_boundary_event_makes_its_host_a_scope():
    timer = "<timerEventDefinition><timeDate>${when}</timeDate></timerEventDefinition>"
    process = parse('<userTask id="task"/>' + boundary(timer, attributes='cancelActivity="false"'))
    event, host = process.activity("b"), process.activity("task")
    assert host.is_scope
    assert event.flow_scope is process
    assert event.event_scope is event.attached_to is host
    assert event.start_behavior is StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    assert host.event_activities == (event,)
    assert [timer.activity_id for timer in host.timers] == ["b"]


def test_tasks_need_what_carries_them_out():
    assert problems('<serviceTask id="a"/>')
    assert problems('<sendTask id="a"/>')
    assert problems('<scriptTask id="a"/>')
    assert problems('<serviceTask id="a" camunda:type="external"/>')
    assert problems('<serviceTask id="a" camunda:type="magic"/>')
    assert problems('<serviceTask id="a" camunda:class="x" camunda:resultVariable="r"/>')
    assert problems('<callActivity id="a"/>')
    assert problems('<subProcess id="a"/>')


def test_zeebe_task_definitions_are_external_tasks_with_retries():
    task = parse(
        '<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="ship" retries="5"/></extensionElements></serviceTask>'
    ).activity("a")
    assert (task.behavior, task.topic.text, task.external_task_retries.text) == (behaviors.EXTERNAL_TASK, "ship", "5")
    event = parse(
        '<endEvent id="a"><extensionElements><zeebe:taskDefinition type="tell"/></extensionElements>'
        "<messageEventDefinition/></endEvent>"
    ).activity("a")
    assert (event.type, event.topic.text, event.external_task_retries) == ("messageEndEvent", "tell", None)


def test_the_finished_definition_is_frozen():
    process = parse('<task id="a"/>')
    for part in (process, process.activity("a")):
        with pytest.raises(AttributeError):
            part.name = "other"
