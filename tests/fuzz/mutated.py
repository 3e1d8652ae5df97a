"""Real models, changed a little here and there: what an editor, a merge or an attacker might make of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import strategies as st

from tests.conformance.generator import generate

ROOT = Path(__file__).resolve().parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
GENERATED = 12
TAGS = (
    "task", "serviceTask", "userTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity", "subProcess",
    "transaction", "adHocSubProcess", "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "sequenceFlow", "process", "definitions", "lane",
    "timerEventDefinition", "messageEventDefinition", "errorEventDefinition", "cancelEventDefinition", "linkEventDefinition",
    "compensateEventDefinition", "conditionalEventDefinition", "terminateEventDefinition", "timeCycle", "timeDuration", "condition",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "loopCardinality", "completionCondition", "extensionElements",
    "association", "conditionExpression", "message", "signal", "error", "escalation", "dataObject", "nonsense",
)  # fmt: skip
EXTENSIONS = (
    "inputOutput", "inputParameter", "outputParameter", "executionListener", "taskListener", "field", "string", "expression",
    "properties", "property", "in", "out", "list", "map", "entry", "script", "formData", "formField", "validation", "constraint",
    "failedJobRetryTimeCycle", "errorEventDefinition", "connector",
)  # fmt: skip
ATTRIBUTES = (
    "id", "name", "sourceRef", "targetRef", "attachedToRef", "default", "isExecutable", "cancelActivity", "messageRef", "errorRef",
    "calledElement", "isForCompensation", "triggeredByEvent", "isSequential", "activityRef", "gatewayDirection", "scriptFormat",
    *(CAMUNDA + name for name in (
        "type", "topic", "class", "expression", "delegateExpression", "resultVariable", "asyncBefore", "asyncAfter", "exclusive",
        "assignee", "candidateGroups", "dueDate", "priority", "taskPriority", "jobPriority", "historyTimeToLive", "collection",
        "elementVariable", "versionTag", "formKey", "formRef", "calledElementBinding", "calledElementVersion", "event", "initiator",
    )),
)  # fmt: skip
TEXTS = (
    "", " ", "x", "start", "end", "true", "maybe", "-1", "0", "9" * 40, "1.5", "NaN", "${", "${}", "${x}", "${a.b(c)[0]}", "#{1/0}", "${'", "}",
    "PT0S", "R/PT1S", "R999999999/PT0.001S", "P10000Y", "0 0 * * * ?", "* * * * * *", "2026-02-30T00:00:00", "external", "P5D", "latest",
    "a b", "a:b", "../x", "deployment:", "camunda-forms:deployment:", "a" * 300, "\u202e\u200b", "\n", "<a/>", "]]>", "&amp;", "\U0001f600", "${execution.__class__}",
)  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """The fixtures, the models of stock clients, and random ones that hold every element."""
    files = sorted([*(ROOT / "fixtures").glob("*.bpmn"), *(ROOT / "tests/acceptance/models").glob("*.bpmn")])
    return (*(file.read_bytes() for file in files), *(generate(seed).xml for seed in range(GENERATED)))


Change = Callable[[list[ElementTree.Element], ElementTree.Element, ElementTree.Element, str, str, str], None]


def _remove(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    for parent in parents:
        if one in list(parent):
            parent.remove(one)


def _copy_into(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    other.append(copy.deepcopy(one))


def _move(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    if other not in list(one.iter()):
        _remove(parents, one, other, tag, name, text)
        other.append(one)


def _rename(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    one.tag = tag


def _insert(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    ElementTree.SubElement(one, tag, {name: text}).text = text


def _set(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    one.set(name, text)


def _set_existing(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    for known in list(one.attrib)[-2:]:
        one.set(known, text)


def _swap_values(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    for known in set(one.attrib) & set(other.attrib):
        one.attrib[known], other.attrib[known] = other.attrib[known], one.attrib[known]


def _unset(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    for known in list(one.attrib)[:1]:
        del one.attrib[known]


def _write(
    parents: list[ElementTree.Element],
    one: ElementTree.Element,
    other: ElementTree.Element,
    tag: str,
    name: str,
    text: str,
) -> None:
    one.text = text


CHANGES: tuple[Change, ...] = (
    _remove, _copy_into, _move, _rename, _insert, _set, _set_existing, _swap_values, _unset, _write
)  # fmt: skip

_tags = st.sampled_from([BPMN + tag for tag in TAGS] + [CAMUNDA + tag for tag in EXTENSIONS])
_texts = st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
_steps = st.tuples(
    st.sampled_from(CHANGES), st.integers(0, 400), st.integers(0, 400), _tags, st.sampled_from(ATTRIBUTES), _texts
)


@st.composite
def models(draw: st.DrawFn) -> bytes:
    root = ElementTree.fromstring(draw(st.sampled_from(seeds())))
    for change, first, second, tag, name, text in draw(st.lists(_steps, min_size=1, max_size=6)):
        elements = list(root.iter())
        change(elements, elements[first % len(elements)], elements[second % len(elements)], tag, name, text)
    return ElementTree.tostring(root)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A model with some bytes changed, cut out or doubled: mostly no XML any more."""
    content = bytearray(draw(st.sampled_from(seeds())))
    spans = st.tuples(st.integers(0, 20_000), st.integers(0, 40), st.binary(max_size=12) | st.sampled_from(_BYTES))
    for start, length, new in draw(st.lists(spans, min_size=1, max_size=4)):
        start %= len(content)
        content[start : start + length] = new
    return bytes(content)


_BYTES = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"<", b">", b"&", b"&lt;", b"&#0;", b"&#x110000;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>",
    b"<!DOCTYPE a>", b"xmlns:bpmn=''", b"</bpmn:process>", b"<bpmn:process>", b"\"", b"'", b"/>", b"encoding='x'",
)  # fmt: skip
