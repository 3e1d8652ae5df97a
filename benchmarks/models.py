"""Models of a given size."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.org">'
)


def sequence(elements: list[str], *, key: str = "sequence") -> bytes:
    """A process of these elements one after the other; `{id}` in each stands for its id."""
    ids = ["start", *(f"e{number}" for number in range(len(elements))), "end"]
    body = ['<bpmn:startEvent id="start"/>']
    body += [element.format(id=name) for element, name in zip(elements, ids[1:], strict=False)]
    body.append('<bpmn:endEvent id="end"/>')
    body += [
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairwise(ids))
    ]
    return (
        f'{HEAD}<bpmn:process id="{key}" isExecutable="true">{"".join(body)}</bpmn:process></bpmn:definitions>'.encode()
    )


TASK = '<bpmn:manualTask id="{id}"/>'
EXPRESSION = '<bpmn:serviceTask id="{id}" camunda:expression="${{n + 1}}" camunda:resultVariable="n"/>'
EXTERNAL = '<bpmn:serviceTask id="{id}" camunda:type="external" camunda:topic="work"/>'


def parallel(branches: int) -> bytes:
    """A parallel gateway with this many external tasks."""
    body = ['<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>']
    body.append('<bpmn:endEvent id="end"/><bpmn:sequenceFlow id="in" sourceRef="start" targetRef="fork"/>')
    body.append('<bpmn:sequenceFlow id="out" sourceRef="join" targetRef="end"/>')
    for number in range(branches):
        body.append(EXTERNAL.format(id=f"e{number}"))
        body.append(f'<bpmn:sequenceFlow id="a{number}" sourceRef="fork" targetRef="e{number}"/>')
        body.append(f'<bpmn:sequenceFlow id="b{number}" sourceRef="e{number}" targetRef="join"/>')
    return f'{HEAD}<bpmn:process id="parallel" isExecutable="true">{"".join(body)}</bpmn:process></bpmn:definitions>'.encode()


def multi_instance(count: int) -> bytes:
    """A parallel multi-instance of external tasks."""
    task = EXTERNAL.replace(
        "/>",
        "><bpmn:multiInstanceLoopCharacteristics>"
        f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>",
    )
    return sequence([task], key="multi")
