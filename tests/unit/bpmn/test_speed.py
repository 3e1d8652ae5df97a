"""Parsing is quick, and stays so for models made to be slow."""

import time

from tests.unit.bpmn.models import document
from workflow_engine.bpmn import parse_bpmn


def seconds(body: str, root: str = "") -> float:
    xml = document(body, root=root)
    begin = time.perf_counter()
    parse_bpmn(xml, "large.bpmn")
    return time.perf_counter() - begin


def test_a_thousand_elements_take_less_than_300_milliseconds():
    tasks = "".join(
        f'<serviceTask id="t{i}" camunda:type="external" camunda:topic="topic"/>'
        f'<sequenceFlow id="f{i}" sourceRef="{f"t{i - 1}" if i else "start"}" targetRef="t{i}"/>'
        for i in range(500)
    )
    assert min(seconds(tasks) for _ in range(3)) < 0.3


def test_many_events_on_one_activity_do_not_take_square_time():
    codes = "".join(f'<escalation id="x{i}" escalationCode="{i}"/>' for i in range(4000))
    events = "".join(
        f'<boundaryEvent id="b{i}" attachedToRef="u"><escalationEventDefinition escalationRef="x{i}"/></boundaryEvent>'
        for i in range(4000)
    )
    assert seconds(f'<userTask id="u"/>{events}', codes) < 5
