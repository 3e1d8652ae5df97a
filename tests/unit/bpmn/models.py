"""Small models as text, so that every test shows what it parses."""

from workflow_engine.bpmn import InvalidModel, ProcessDefinition, parse_bpmn

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:activiti="http://activiti.org/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:t="tests" targetNamespace="tests"'
)
ROOT = """
<message id="m1" name="paid"/><message id="m2" name="sent"/>
<signal id="s1" name="alarm"/><signal id="s2" name="calm"/>
<error id="e1" errorCode="E1"/><error id="e2" errorCode="E2"/>
<escalation id="x1" escalationCode="X1"/><escalation id="x2" escalationCode="X2"/>
"""


def flow(source: str, target: str, inner: str = "") -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def document(body: str, *, root: str = ROOT, attributes: str = "", start: str = '<startEvent id="start"/>') -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES}>{root}\n'
        f'<process id="p" isExecutable="true" {attributes}>\n{start}\n{body}\n</process></definitions>'
    ).encode()


def parse(body: str, **options: str) -> ProcessDefinition:
    return parse_bpmn(document(body, **options), "test.bpmn").processes[0]


def problems(body: str, **options: str) -> list[str]:
    """The sentences with which the model is refused; none if it is not."""
    try:
        parse(body, **options)
    except InvalidModel as refused:
        return [problem.message for problem in refused.problems]
    return []


def sub_process(content: str, *, id: str = "sub", start: str = '<startEvent id="inner"/>', attributes: str = "") -> str:
    return f'<subProcess id="{id}" {attributes}>{start}{content}</subProcess>'


def event_sub_process(definition: str, *, id: str = "esp", start: str = "esp_start", attributes: str = "") -> str:
    return (
        f'<subProcess id="{id}" triggeredByEvent="true"><startEvent id="{start}" {attributes}>{definition}</startEvent>'
        "</subProcess>"
    )


def boundary(definition: str, *, id: str = "b", host: str = "task", attributes: str = "") -> str:
    return f'<boundaryEvent id="{id}" attachedToRef="{host}" {attributes}>{definition}</boundaryEvent>'
