"""Who catches an error or escalation first."""

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, parse, problems, sub_process


def error(code: str = "") -> str:
    return f'<errorEventDefinition errorRef="{code}"/>' if code else "<errorEventDefinition/>"


def escalation(code: str = "") -> str:
    return f'<escalationEventDefinition escalationRef="{code}"/>' if code else "<escalationEventDefinition/>"


def test_error_handlers_inside_come_before_boundary_events_and_codes_before_none():
    process = parse(
        boundary(error(), id="any", host="sub")
        + boundary(error("e1"), id="one", host="sub")
        + sub_process(event_sub_process(error()) + event_sub_process(error("e2"), id="esp2", start="two"))
    )
    handlers = process.activity("sub").error_handlers
    assert [(h.handler_activity_id, h.code) for h in handlers] == [
        ("two", "E2"),
        ("esp_start", None),
        ("one", "E1"),
        ("any", None),
    ]


def test_an_error_reference_to_nothing_is_the_code_itself():
    process = parse('<userTask id="task"/>' + boundary(error("java.lang.Exception")))
    assert process.activity("task").error_handlers[0].code == "java.lang.Exception"
    assert process.warnings


def test_error_variables():
    definition = '<errorEventDefinition camunda:errorCodeVariable="c" camunda:errorMessageVariable="m"/>'
    handler = parse('<userTask id="task"/>' + boundary(definition)).activity("task").error_handlers[0]
    assert (handler.code_variable, handler.message_variable) == ("c", "m")


def test_a_thrown_error_needs_a_code():
    end = '<endEvent id="end"><errorEventDefinition errorRef="{}"/></endEvent>'
    root = '<error id="empty"/><error id="full" errorCode="F" camunda:errorMessage="because ${why}"/>'
    assert problems(end.format("empty"), root=root)
    assert problems('<endEvent id="end"><errorEventDefinition/></endEvent>')
    thrown = parse(end.format("full"), root=root).activity("end").error
    assert (thrown.code, thrown.message.text) == ("F", "because ${why}")


def test_escalation_handlers_inside_come_first():
    process = parse(
        boundary(escalation("x1"), id="out", host="sub", attributes='cancelActivity="false"')
        + sub_process(event_sub_process(escalation()))
    )
    handlers = process.activity("sub").escalation_handlers
    assert [(h.handler_activity_id, h.code, h.is_interrupting) for h in handlers] == [
        ("esp_start", None, True),
        ("out", "X1", False),
    ]


@pytest.mark.parametrize(
    ("first", "second", "refused"), [("x1", "x2", False), ("x1", "x1", True), ("", "x1", True), ("", "", True)]
)
def test_escalation_handlers_must_differ(first, second, refused):
    boundaries = boundary(escalation(first), id="a", host="sub") + boundary(escalation(second), id="b", host="sub")
    assert bool(problems(sub_process("") + boundaries)) is refused
    inner = event_sub_process(escalation(first)) + event_sub_process(escalation(second), id="esp2", start="start2")
    assert bool(problems(sub_process(inner))) is refused


def test_where_escalations_are_caught_and_thrown():
    assert not problems('<userTask id="task"/>' + boundary(escalation("x1")))
    assert problems('<manualTask id="task"/>' + boundary(escalation("x1")))
    assert problems('<userTask id="task"/>' + boundary(escalation("nothing")))
    throw = '<intermediateThrowEvent id="throw">{}</intermediateThrowEvent>'
    assert problems(throw.format(escalation()))
    assert problems(throw.format(escalation("x")), root='<escalation id="x"/>')
    assert parse(throw.format(escalation("x2"))).activity("throw").escalation.code == "X2"
