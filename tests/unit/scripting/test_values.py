"""Which values of JavaScript become which values of variables, and back. Unless noted, as Camunda with Nashorn."""

import math
from datetime import UTC, datetime

import pytest

from workflow_engine.values import FileValue, JsonValue, Long, ObjectValue, Short, XmlValue

NOON = datetime(2026, 1, 2, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("1", 1), ("-5", -5), ("0x10", 16), ("1.5", 1.5), ("10 / 2", 5), ("1 + 1", 2), ("2147483647", 2147483647),
        ("2147483648", 2147483648.0), ("1e21", 1e21), ("0.1 + 0.2", 0.30000000000000004), ("Infinity", math.inf),
        ("true", True), ("!true", False), ("null", None), ("undefined", None), ("", None), ("'x' + 1", "x1"),
        ("'abc'.length", 3), ("JSON.parse('{\"a\": 5}').a", 5), ("[1, 2][0]", 1), ("7.9 | 0", 7), ("1n << 40n", Long(2**40)),
        ("new String('abc')", "abc"), ("new Date(1000)", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)), ("new Date(NaN)", None),
        ("({a: [1, 'b', null, true], c: {d: 1.5}})", {"a": [1, "b", None, True], "c": {"d": 1.5}}), ("[]", []),
        ("var x = 3", None), ("var x = 3; x", 3), ("if (true) 7", 7), ("function f() {}", None), ("(() => 1)", None),
        ("'\u00e4\U0001f600'", "\u00e4\U0001f600"), ("'a\\ud800'", "a\ufffd"), ("({a: '\\ud800'})", {"a": "\ufffd"}),
        ("java.lang.Integer.valueOf(5.5)", 5), ("new java.lang.Integer('7')", 7), ("java.lang.Long.valueOf(5)", Long(5)),
        ("java.lang.Double.valueOf(5)", 5.0), ("Java.type('java.lang.Long').parseLong('9007199254740993')", Long(9007199254740993)),
    ],
)  # fmt: skip
def test_results(run, source, wanted):
    outcome = run(source)
    assert (outcome.failure, type(outcome.result), outcome.result) == (None, type(wanted), wanted)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 5, -(2**31), Long(5), Long(2**63 - 1), 100.0, 1e300, math.inf, "text \u00e4 \U0001f600", NOON, b"bytes",
        JsonValue('{"b": 1,  "a": [1.0, 123456789012345678901]}'), XmlValue("<a/>"), FileValue(filename="a.txt", data=b"x"),
        {"a": 1.0, "b": [1, Long(2)]}, [1, "b"], [], {},
        ObjectValue(text='{"q": 7}', object_type_name="x.Y", serialization_data_format="application/json"),
        ObjectValue(text="rO0AB", object_type_name="x.Y", serialization_data_format="application/x-java-serialized-object"),
    ],
)  # fmt: skip
def test_what_is_handed_on_stays_what_it_was(run, value):
    outcome = run("execution.setVariable('copy', v); v", {"v": value})
    assert outcome.failure is None
    for found in (outcome.result, outcome.effects[0].args[1]):
        assert (type(found), found) == (type(value), value)


def test_short_becomes_integer(run):
    outcome = run("v", {"v": Short(3)})  # Camunda keeps the Short
    assert (type(outcome.result), outcome.result) == (int, 3)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("l == 5", True), ("l === 5", False), ("typeof l", "object"), ("l + 1", 6.0), ("l > 4", True), ("'' + l", "5"),
        ("JSON.stringify({l: l})", '{"l":5}'), ("i === 5", True), ("typeof i", "number"), ("d * 2", 200.0), ("d + 1", 101.0),
        ("'' + d", "100"), ("t.getTime()", 1767355200123.0), ("s.equals('hey')", True), ("s.contains('e')", True),
        ("i + 1", 6),  # Camunda: 6.0, as of everything that Nashorn calculates; GraalJS gives 6
    ],
)  # fmt: skip
def test_variables_in_javascript(run, source, wanted):
    outcome = run(source, {"l": Long(5), "i": 5, "d": 100.0, "t": NOON, "s": "hey"})
    assert (outcome.failure, type(outcome.result), outcome.result) == (None, type(wanted), wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("map.k", 1), ("map.get('k')", 1), ("map.get('none')", None), ("map.containsKey('k')", True), ("map.size()", 2),
        ("map.m.x[1]", 2), ("map.m.get('x').get(1)", 2), ("list[1]", "b"), ("list.get(0)", 1), ("list.size()", 2),
        ("list.contains('b')", True), ("list.length", 2), ("map.k = 2; map", {"k": 2, "m": {"x": [1, 2]}}),
        ("list.add(3); list", [1, "b", 3]), ("object.q", 7), ("object.q = 8; object", {"q": 8}),
        ("var m = new java.util.HashMap(); m.put('a', 1); m", {"a": 1}), ("var names = []; for (var k in map) names.push(k); names", ["k", "m"]),
    ],
)  # fmt: skip
def test_maps_and_lists(run, source, wanted):
    thing = ObjectValue(text='{"q": 7}', object_type_name="x.Y", serialization_data_format="application/json")
    outcome = run(source, {"map": {"k": 1, "m": {"x": [1, 2]}}, "list": [1, "b"], "object": thing})
    assert (outcome.failure, outcome.result) == (None, wanted)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("j.prop('x').numberValue()", 1), ("j.prop('y').elements().get(1).numberValue()", 2.5), ("j.hasProp('z')", False),
        ("j.prop('y').elements().size()", 2), ("'' + j", '{"x":1,"y":[1,2.5]}'), ("j.fieldNames()", ["x", "y"]),
        ("j.prop('z', 'new')", JsonValue('{"x":1,"y":[1,2.5],"z":"new"}')), ("j.prop('y')", JsonValue("[1,2.5]")),
        ("j.prop('y').append(3); j", JsonValue('{"x":1,"y":[1,2.5,3]}')), ("S('{\"a\": true}').prop('a').boolValue()", True),
        ("S('[1]')", JsonValue("[1]")), ("j.x", None),
    ],
)  # fmt: skip
def test_spin(run, source, wanted):
    outcome = run(source, {"j": JsonValue('{"x": 1, "y": [1, 2.5]}')})
    assert (outcome.failure, type(outcome.result), outcome.result) == (None, type(wanted), wanted)


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("'a\\0'", "it makes a text that holds the character NUL."),
        ("({a: '\\0'})", "it makes a text that holds the character NUL."),
        ("1n << 64n", "it makes a whole number that needs more than 64 bits."),
        ("execution.setVariable('x', () => 1)", "TypeError: A variable cannot hold a function."),
        ("execution.setVariable('x', execution)", "TypeError: A variable cannot hold an execution or a task."),
        ("execution.setVariable('x', new Date(8e15))", "RangeError: A variable cannot hold a date of the year 255479."),
        ("var o = {}; o.o = o; execution.setVariable('x', o)", "TypeError: circular reference"),
        ("j.prop('none')", "Error: Unable to find 'none'"),
    ],
)
def test_what_cannot_be_kept(run, source, failure):
    assert run(source, {"j": JsonValue("{}")}).failure.startswith(failure)
