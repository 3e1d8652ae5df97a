"""Typed values: Camunda's names, JSON with Spin's navigation, stored objects."""

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_engine.values import (
    FileValue,
    JsonError,
    JsonValue,
    Long,
    ObjectValue,
    Short,
    XmlValue,
    double_text,
    json_text,
    type_name,
)

STORED = ObjectValue(text="[1]", object_type_name="java.util.ArrayList", serialization_data_format="application/json")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "Null"),
        (True, "Boolean"),
        (1, "Integer"),
        (2**31 - 1, "Integer"),
        (2**31, "Long"),
        (-(2**31) - 1, "Long"),
        (Long(1), "Long"),
        (Short(1), "Short"),
        (1.5, "Double"),
        ("", "String"),
        (datetime(2020, 1, 1, tzinfo=UTC), "Date"),
        (b"", "Bytes"),
        (FileValue(filename="a"), "File"),
        (JsonValue("1"), "Json"),
        (XmlValue("<a/>"), "Xml"),
        (STORED, "Object"),
        ([], "Object"),
        ({}, "Object"),
        (type("Special", (str,), {})("x"), "String"),
    ],
)
def test_type_names_are_camundas(value, name):
    assert type_name(value) == name


@pytest.mark.parametrize("value", [object(), Decimal(1), {1}, print])
def test_what_no_variable_can_hold_is_refused(value):
    with pytest.raises(TypeError, match="A variable cannot hold a value of type"):
        type_name(value)


def test_integers_that_know_their_type_are_integers():
    assert Long(5) == 5 == Short(5)
    assert str(Long(5)) == "5"
    assert json.dumps([Long(5)]) == "[5]"


def test_json_is_kept_as_sent_until_it_passes_through():
    value = JsonValue('{"a" : 1.50, "b": [1e10, 12345678.9]}')
    assert value.text == '{"a" : 1.50, "b": [1e10, 12345678.9]}'
    assert value.compact() == '{"a":1.5,"b":[1.0E10,1.23456789E7]}'
    assert value.normalised().text == value.compact()
    assert value.normalised().normalised() == value.normalised()
    assert value != value.normalised()


def test_spin_navigation():
    value = JsonValue('{"s": "t", "n": 7, "b": true, "x": null, "l": [1, "a"], "big": 123456789012345678901}')
    assert value.prop("s").string_value() == "t"
    assert value.prop("n").number_value() == 7
    assert value.prop("big").number_value() == 1.2345678901234568e20
    assert value.prop("b").bool_value() is True
    assert value.prop("x").is_null()
    assert value.prop("x").value() is None
    assert [item.value() for item in value.prop("l").elements()] == [1, "a"]
    assert value.field_names() == ["s", "n", "b", "x", "l", "big"]
    assert value.has_prop("s")
    assert not value.has_prop("y")
    assert value.prop("big").text == "123456789012345678901"


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda value: value.prop("y"), "Unable to find 'y'"),
        (lambda value: value.prop("s").number_value(), "Expected 'Number', got 'STRING'"),
        (lambda value: value.prop("b").number_value(), "Expected 'Number', got 'BOOLEAN'"),
        (lambda value: value.elements(), "Expected 'SpinList', got 'OBJECT'"),
        (lambda value: value.value(), "Expected 'String/Number/Boolean/Null', got 'OBJECT'"),
        (lambda value: value.prop("s").field_names(), "Expected 'Array/Object', got 'STRING'"),
    ],
)
def test_wrong_navigation_says_what_there_is(attempt, message):
    with pytest.raises(JsonError, match=message):
        attempt(JsonValue('{"s": "t", "b": true}'))


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[" * 100_000, '{"a":' * 300 + "1" + "}" * 300, "1" * 5000, "'a'", '"\n"']
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(JsonError):
        JsonValue(text).data  # noqa: B018


def test_depth_is_counted_outside_of_strings():
    text = json.dumps(["[" * 500 + '"' + "{" * 500])
    assert JsonValue(text).data == json.loads(text)


def test_plain_is_a_copy():
    value = JsonValue('{"a": [1, 123456789012345678901]}')
    plain = value.plain()
    assert plain == {"a": [1, 1.2345678901234568e20]}
    plain["a"].append(2)
    assert len(value.data["a"]) == 2


def test_plain_data_as_json():
    data = {
        "a": [Long(1), 1e10, None, True, "é\n"],
        "d": datetime(2020, 1, 1, 1, 2, 3, 4000, tzinfo=UTC),
        "b": b"x",
        "j": JsonValue("[ 1]"),
    }
    assert json_text(data) == '{"a":[1,1.0E10,null,true,"é\\n"],"d":"2020-01-01T01:02:03.004+0000","b":"eA==","j":[1]}'
    assert JsonValue.of({"a": 1}).text == '{"a":1}'


def test_data_without_a_json_form_is_refused():
    loop: list = []
    loop.append(loop)
    for data in (float("nan"), object(), loop, {(1,): 2}):
        with pytest.raises(JsonError):
            json_text(data)


def test_stored_objects_show_their_json_only():
    assert STORED.json == JsonValue("[1]")
    assert STORED.json is STORED.json
    java = ObjectValue(
        text="rO0", object_type_name="x", serialization_data_format="application/x-java-serialized-object"
    )
    assert java.json is None
    assert (
        ObjectValue(text="[1]", object_type_name="java.util.ArrayList", serialization_data_format="application/json")
        == STORED
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"), (0.0, "0.0"), (-0.0, "-0.0"), (1e7, "1.0E7"), (9999999.0, "9999999.0"), (0.001, "0.001"), (0.0001, "1.0E-4"),
        (123456789.123, "1.23456789123E8"), (-1e-300, "-1.0E-300"), (1e21, "1.0E21"), (float("inf"), "Infinity"), (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"), (1.7976931348623157e308, "1.7976931348623157E308"), (5e-324, "5.0E-324"),
    ],
)  # fmt: skip
def test_doubles_are_written_as_in_java(number, text):
    assert double_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_double_text_loses_nothing(number):
    assert float(double_text(number)) == number


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_data)
def test_json_survives_both_ways(data):
    assert JsonValue(JsonValue.of(data).text).data == data
    assert JsonValue(json.dumps(data)).compact() == JsonValue.of(data).text


@given(st.text())
def test_any_text_is_json_or_an_error(text):
    with contextlib.suppress(JsonError):
        JsonValue(text).compact()
