"""All problems at once, each with the element and its line."""

import pytest

from tests.unit.bpmn.models import document, parse, problems
from workflow_engine.bpmn import InvalidModel, parse_bpmn


def test_all_problems_are_reported_together_with_element_and_line():
    with pytest.raises(InvalidModel) as refused:
        parse('<exclusiveGateway id="gate"/>\n<serviceTask id="work"/>\n<callActivity id="call"/>')
    found = {(problem.element_id, problem.line) for problem in refused.value.problems}
    assert found == {("gate", 10), ("work", 11), ("call", 12)}
    text = str(refused.value)
    assert "test.bpmn" in text
    assert text.count("\n- ") == 3
    assert "(element 'work', line 11)" in text


def test_warnings_do_not_refuse():
    process = parse(
        '<exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
        '<sequenceFlow id="f1" sourceRef="g" targetRef="a"/>'
        '<sequenceFlow id="f2" sourceRef="g" targetRef="b"><conditionExpression>${x}</conditionExpression></sequenceFlow>'
    )
    assert [warning.severity for warning in process.warnings] == ["warning"]
    assert process.warnings[0].element_id == "g"


def test_a_bad_expression_is_a_problem_of_its_element():
    with pytest.raises(InvalidModel) as refused:
        parse('<serviceTask id="work" camunda:expression="${a +}"/>')
    assert [problem.element_id for problem in refused.value.problems] == ["work"]


def test_an_id_used_twice_is_refused():
    assert any("used twice" in message for message in problems('<task id="a"/><task id="a"/>'))


def test_a_process_that_is_not_executable_is_skipped():
    xml = document('<task id="a"/>').replace(b'isExecutable="true"', b'isExecutable="false"')
    assert parse_bpmn(xml, "test.bpmn").processes == ()
    assert parse_bpmn(xml.replace(b'isExecutable="false"', b""), "test.bpmn").processes == ()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('<complexGateway id="x"/>', "not supported"),
        ('<adHocSubProcess id="x"/>', "not supported"),
        ('<robotTask id="x"/>', "not known"),
        ('<task id="x" assignee="me"/>', "attribute 'assignee'"),
        ('<task id="x"><camunda:properties/></task>', "extensionElements"),
        ('<task id="x"><incoming>f</incoming><documentation/></task>', "must come before"),
        ('<task id="x">text</task>', "must not contain text"),
        ('<startEvent id="x" isInterrupting="maybe"/>', "'isInterrupting'"),
        ('<textAnnotation id="n"/><task id="x"/>', "must come before"),
        ('<task id="x"/><sequenceFlow id="f" sourceRef="x"/>', "'targetRef' of the sequenceFlow is missing"),
        ('<task id="x"/><sequenceFlow id="f" sourceRef="x" targetRef="y"/>', "'y' of the sequenceFlow does not exist"),
        ('<sequenceFlow id="f" sourceRef="start" targetRef="n"/><textAnnotation id="n"/>', "is no flow node"),
        ('<boundaryEvent id="b" attachedToRef="z"><timerEventDefinition/></boundaryEvent>', "attached to 'z'"),
        ('<receiveTask id="r" messageRef="nothing"/>', "no message with the id 'nothing'"),
        ('<receiveTask id="r" messageRef="t:nothing"/>', "no message with the id 't:nothing'"),
    ],
)
def test_what_the_engine_would_have_to_skip_is_refused(body, sentence):
    assert any(sentence in message for message in problems(body)), problems(body)


def test_references_may_be_qualified():
    assert parse('<receiveTask id="r" messageRef="t:m1"/>').activity("r").message_name.text == "paid"


def test_the_diagram_must_show_what_exists():
    plane = '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">{}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    bounds = '<dc:Bounds x="1" y="2" width="3" height="4"/>'
    shape = '<bpmndi:BPMNShape bpmnElement="{}">{}</bpmndi:BPMNShape>'

    def refused(shown: str) -> bool:
        xml = document("").replace(b"</definitions>", plane.format(shown).encode() + b"</definitions>")
        try:
            parse_bpmn(xml, "diagram.bpmn")
        except InvalidModel:
            return True
        return False

    assert not refused(shape.format("start", bounds))
    assert refused(shape.format("nothing", bounds))
    assert refused(shape.format("start", ""))
    assert refused('<bpmndi:BPMNEdge bpmnElement="start"><di:waypoint x="1" y="1"/></bpmndi:BPMNEdge>')
