"""Ids are XML names; names of elements are whatever their author wrote."""

import pytest

from tests.unit.bpmn.models import document, parse, problems
from workflow_engine.bpmn import InvalidModel, parse_bpmn


@pytest.mark.parametrize("identifier", ["a", "_1", "a.b-c_d", "Ä", "日本", "e\u0301", "a\u0663", " a "])
def test_an_id_is_a_name(identifier: str) -> None:
    assert problems(f'<userTask id="{identifier}"/>') == []


@pytest.mark.parametrize(
    "identifier", ["", "1a", "a b", "a:b", "-a", ".a", "a/b", "a$", "a#multiInstanceBody", "\u0663a", "Ⅷ", "ª"]
)
def test_an_id_that_is_no_name_is_refused(identifier: str) -> None:
    (problem,) = problems(f'<userTask id="{identifier}"/>')
    assert problem == (
        f"The id '{identifier}' of the userTask is not allowed: ids begin with a letter or '_' and go on with letters,"
        " digits, '.', '-' and '_'."
    )


def test_every_element_of_bpmn_and_its_diagram_but_no_extension() -> None:
    body = (
        '<documentation id="1"/><startEvent id="s"/><userTask id="t"><extensionElements><camunda:formData>'
        '<camunda:formField id="1 x" type="string"/></camunda:formData></extensionElements></userTask>'
        '<sequenceFlow id="2" sourceRef="s" targetRef="t"><conditionExpression id="3" xsi:type="tFormalExpression">${true}'
        "</conditionExpression></sequenceFlow>"
    )
    found = problems(body, start="", root='<message id="4" name="m"/>')
    assert [text.split("'")[1] for text in found] == ["4", "1", "2", "3"]
    diagram = '<bpmndi:BPMNDiagram id="5"><bpmndi:BPMNPlane id="6" bpmnElement="p"/></bpmndi:BPMNDiagram></definitions>'
    with pytest.raises(InvalidModel) as refused:
        parse_bpmn(document("").replace(b"</definitions>", diagram.encode()), "test.bpmn")
    assert [problem.element_id for problem in refused.value.problems] == ["5", "6"]


def test_names_stay_as_they_are_written() -> None:
    definition = parse('<userTask id="t" name="  two&#10;lines &amp; a &quot;quote&quot;  "/>', attributes='name=" P "')
    assert definition.name == " P "
    assert definition.flow_nodes["t"].name == '  two\nlines & a "quote"  '
