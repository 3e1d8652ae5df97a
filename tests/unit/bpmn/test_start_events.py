"""Start events: which one a plain start uses, and what the others wait for."""

import pytest

from tests.unit.bpmn.models import event_sub_process, parse, problems, sub_process
from workflow_engine.bpmn.model import StartBehavior

TIMER = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m1"/>'
SIGNAL = '<signalEventDefinition signalRef="s1"/>'
CONDITION = "<conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition>"


@pytest.mark.parametrize(
    ("definition", "type_"),
    [
        ("", "startEvent"),
        (TIMER, "startTimerEvent"),
        (MESSAGE, "messageStartEvent"),
        (SIGNAL, "signalStartEvent"),
        (CONDITION, "conditionalStartEvent"),
    ],
)
def test_the_only_start_event_is_the_initial_one(definition, type_):
    process = parse("", start=f'<startEvent id="s">{definition}</startEvent>')
    assert process.initial is process.activity("s")
    assert process.initial.type == type_
    assert process.start_events == (process.initial,)


def test_a_none_start_event_is_preferred_to_others():
    process = parse("", start=f'<startEvent id="m">{MESSAGE}</startEvent><startEvent id="n"/>')
    assert process.initial.id == "n"
    two = f'<startEvent id="a">{MESSAGE}</startEvent><startEvent id="b">{SIGNAL}</startEvent>'
    assert parse("", start=two).initial is None


def test_two_plain_start_events_are_refused():
    assert problems("", start=f'<startEvent id="a"/><startEvent id="b">{TIMER}</startEvent>')
    assert problems("", start="")


def test_start_events_of_a_process_are_marked_among_its_subscriptions():
    process = parse(event_sub_process(SIGNAL), start=f'<startEvent id="s">{MESSAGE}</startEvent>')
    found = [(s.event_type, s.activity_id, s.is_start_event) for s in process.event_subscriptions]
    assert found == [("message", "s", True), ("signal", "esp_start", False)]
    assert parse("", start=f'<startEvent id="s">{CONDITION}</startEvent>').conditional_events[0].is_start_event


def test_a_message_start_event_is_named_by_no_expression():
    root = '<message id="m1" name="${name}"/>'
    assert problems("", start=f'<startEvent id="s">{MESSAGE}</startEvent>', root=root)
    assert not problems('<receiveTask id="r" messageRef="m1"/>', root=root)


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_is_started_by_its_parent(interrupting):
    attributes = "" if interrupting else 'isInterrupting="false"'
    process = parse(sub_process(event_sub_process(MESSAGE, attributes=attributes)))
    parent, esp, start = process.activity("sub"), process.activity("esp"), process.activity("esp_start")
    assert esp.start_behavior is (
        StartBehavior.INTERRUPT_EVENT_SCOPE if interrupting else StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    )
    assert esp.event_scope is esp.flow_scope is start.event_scope is parent
    assert (start.flow_scope, start.cancel_activity, esp.initial) == (esp, interrupting, start)
    assert not esp.consumes_compensation
    assert [s.activity_id for s in parent.event_subscriptions] == ["esp_start"]
    assert parent.event_activities == (esp, start)


@pytest.mark.parametrize(
    ("definition", "type_"),
    [
        ('<errorEventDefinition errorRef="e1"/>', "errorStartEvent"),
        ('<escalationEventDefinition escalationRef="x1"/>', "escalationStartEvent"),
        ("<compensateEventDefinition/>", "compensationStartEvent"),
        (MESSAGE, "messageStartEvent"),
        (SIGNAL, "signalStartEvent"),
        (TIMER, "startTimerEvent"),
        (CONDITION, "conditionalStartEvent"),
    ],
)
def test_start_events_with_a_cause_belong_into_event_sub_processes(definition, type_):
    process = parse(sub_process(event_sub_process(definition)))
    assert process.activity("esp_start").type == type_
    assert problems(sub_process("", start=f'<startEvent id="i">{definition}</startEvent>'))


def test_what_an_event_sub_process_must_be_like():
    assert problems(event_sub_process(""))
    assert problems(event_sub_process("<errorEventDefinition/>", attributes='isInterrupting="false"'))
    assert problems(event_sub_process("<compensateEventDefinition/>"))
    assert problems(event_sub_process(MESSAGE) + '<sequenceFlow id="f" sourceRef="start" targetRef="esp"/>')


def test_the_same_subscription_twice_is_refused():
    twice = event_sub_process(MESSAGE) + event_sub_process(MESSAGE, id="esp2", start="esp_start2")
    assert any("more than one message subscription" in message for message in problems(twice))
    assert not problems(event_sub_process(MESSAGE) + event_sub_process(SIGNAL, id="esp2", start="esp_start2"))
