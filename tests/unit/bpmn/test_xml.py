"""Files are untrusted: what is no plain, small, well-formed XML is refused before anything else happens."""

import time

import pytest

from tests.unit.bpmn.models import NAMESPACES, document
from workflow_engine.bpmn import InvalidModel, ParseLimits, parse_bpmn

LAUGHS = "".join(f'<!ENTITY l{i} "&l{i - 1};&l{i - 1};">' for i in range(1, 40))
DTDS = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l39;</d>'.encode(),
    "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]><d>{"&a;" * 10_000}</d>'.encode(),
    "external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "external subset": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd"><d/>',
    "parameter entity": b'<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><d/>',
    "utf-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d><d/>'.encode("utf-16"),
}


def refusal(xml: bytes, limits: ParseLimits | None = None) -> InvalidModel:
    with pytest.raises(InvalidModel) as refused:
        parse_bpmn(xml, "bad.bpmn", limits=limits or ParseLimits())
    return refused.value


@pytest.mark.parametrize("xml", DTDS.values(), ids=DTDS)
def test_a_document_type_declaration_is_refused_at_once(xml):
    begin = time.perf_counter()
    refused = refusal(xml)
    assert time.perf_counter() - begin < 0.1
    assert "DTD" in str(refused)
    assert "root:" not in str(refused)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"\x1f\x8b\x08\x00",
        b"<a>\x00</a>",
        b"<a>&unknown;</a>",
        b"<a><b></a>",
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
        b"<?xml version='1.0' encoding='nonsense'?><a/>",
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_line(xml):
    assert refusal(xml).problems[0].line == 1


def test_another_root_element_is_refused():
    assert "definitions" in str(refusal(b"<html/>"))


def test_size_depth_and_counts_are_limited():
    deep = "<subProcess>" * 200
    assert "bytes" in str(refusal(document(""), ParseLimits(max_bytes=100)))
    assert "deep" in str(refusal(f"<definitions {NAMESPACES}>{deep}".encode()))
    assert "XML elements" in str(refusal(document("<task/>" * 20), ParseLimits(max_elements=10)))
    assert "flow elements" in str(refusal(document("<task/>" * 20), ParseLimits(max_flow_elements=10)))
    attributes = " ".join(f'a{i}="1"' for i in range(300))
    assert "attributes" in str(refusal(f"<definitions {attributes}/>".encode()))


def test_a_flood_of_mistakes_is_not_answered_with_a_flood():
    refused = refusal(document("".join(f'<sequenceFlow id="f{i}"/>' for i in range(2000))))
    assert len(refused.problems) <= 500
    assert len(str(refusal(document(f'<task id="{"x" * 100_000}"/>')))) < 2000


@pytest.mark.parametrize(
    "name", ['"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "\u202eright to left", "ä" * 1000]
)
def test_odd_names_are_kept_verbatim(name):
    escaped = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    process = parse_bpmn(document(f'<task id="task" name="{escaped}"/>'), "odd.bpmn").processes[0]
    assert process.activity("task").name == name


def test_other_encodings_are_read():
    xml = document('<task id="task" name="Größe"/>').decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert parse_bpmn(xml, "latin.bpmn").processes[0].activity("task").name == "Größe"
