"""Properties, indexes and methods: JSON, stored objects, plain collections, and objects that answer for themselves."""

import pytest

from workflow_engine.expressions import (
    ExpressionEvaluationError,
    ExpressionObject,
    UnknownMethodError,
    UnknownNameError,
    UnknownPropertyError,
    VariablesContext,
    compile_expression,
)
from workflow_engine.values import JsonValue, Long, ObjectValue

ORDER = '{"customer": {"name": "Ann", "tags": ["a", "b"]}, "items": [{"price": 5}, {"price": 2.5}], "note": null, "big": 12345678901}'


class Bean(ExpressionObject):
    def __init__(self):
        self.calls = []

    def get_property(self, name):
        if name != "known":
            raise UnknownPropertyError(f"The bean does not have the property '{name}'.")
        return 7

    def call_method(self, name, args):
        if name == "fail":
            raise LookupError("of the site")
        if name != "run":
            raise UnknownMethodError(f"Method not found: {name}")
        self.calls.append(args)
        return args


@pytest.fixture
def variables():
    stored = ObjectValue(text=ORDER, object_type_name="com.example.Order", serialization_data_format="application/json")
    java = ObjectValue(
        text="rO0AB",
        object_type_name="com.example.Order",
        serialization_data_format="application/x-java-serialized-object",
    )
    return {
        "json": JsonValue(ORDER),
        "stored": stored,
        "java": java,
        "bean": Bean(),
        "list": [1],
        "map": {"a": [1]},
        "n": 1,
    }


@pytest.fixture
def value(variables):
    return lambda text: compile_expression(text).evaluate(VariablesContext(variables))


@pytest.mark.parametrize("name", ["json", "stored"])
def test_json_and_stored_objects_have_properties(value, name):
    assert value(f"${{{name}.customer.name}}") == "Ann"
    assert value(f"${{{name}['customer'].tags[1]}}") == "b"
    assert value(f"${{{name}.items[0].price + {name}.items[1].price}}") == 7.5
    assert value(f"${{{name}.missing.deeper}}") is None
    assert value(f"${{{name}.items[9]}}") is None
    assert value(f"${{{name}.note == null}}") is True
    assert value(f"${{{name}.big}}") == 12345678901
    assert value(f"${{{name}.items.size()}}") == 2
    assert value(f"${{empty {name}.items}}") is False


@pytest.mark.parametrize("name", ["json", "stored"])
def test_parts_of_json_are_copies(value, variables, name):
    part = value(f"${{{name}.customer}}")
    assert part == {"name": "Ann", "tags": ["a", "b"]}
    part["tags"].append("c")
    assert value(f"${{{name}.customer.tags.size()}}") == 2


@pytest.mark.parametrize("text", ["${json.items.add(1)}", "${stored.items.add(1)}", "${stored.put('a', 1)}"])
def test_json_cannot_be_changed(value, text):
    with pytest.raises(UnknownMethodError, match="Method not found"):
        value(text)


def test_a_value_passes_through_unchanged(value, variables):
    assert value("${stored}") is variables["stored"]
    assert value("${bean}") is variables["bean"]
    assert value("${json}").text == variables["json"].compact()


def test_an_object_of_another_format_is_only_compared_with_null(value):
    assert value("${java != null && !empty java && java == java}") is True
    for text in ("${java.name}", "${java.size()}", "x${java}", "${java == 'x'}", "${java + 1}"):
        with pytest.raises(ExpressionEvaluationError):
            value(text)


def test_stored_objects_compare_as_the_data_they_hold(value):
    assert value("${stored == stored && stored.items == json.items}") is True
    assert value("x${stored.items}") == "x[{price=5}, {price=2.5}]"


def test_plain_collections_can_be_changed_and_never_hold_themselves(value, variables):
    assert value("${list.add(list)}") is True
    assert value("${list.add(map)}") is True
    assert value("${map.put('b', 'x')}") is None
    assert value("${map.put('b', 'y')}") == "x"
    variables["map"]["a"].append(2)
    assert variables["list"] == [1, [1], {"a": [1]}]
    assert variables["map"] == {"a": [1, 2], "b": "y"}


def test_java_equals_distinguishes_integer_types(value):
    assert value("${list.contains(1)}") is False  # the list holds Integers, the literal is a Long
    assert value("${list.contains(n)}") is True
    assert value("${list[0] == 1}") is True
    assert value("${map.a.equals(list)}") is True


def test_beans_answer_for_themselves(value, variables):
    assert value("${bean.known + bean['known']}") == 14
    assert value("${bean.run(1, n, 'x')}") == [1, 1, "x"]
    assert [type(arg) for arg in variables["bean"].calls[0]] == [Long, int, str]
    with pytest.raises(UnknownPropertyError, match=r"\$\{bean.calls}. Cause: The bean does not have"):
        value("${bean.calls}")
    with pytest.raises(UnknownMethodError, match="Method not found: get_property"):
        value("${bean.get_property('known')}")


def test_an_exception_of_the_site_reaches_the_caller(value):
    with pytest.raises(LookupError, match="of the site"):
        value("${bean.fail()}")


def test_no_python_attribute_is_ever_reached(value):
    for text in (
        "${n.real}",
        "${n.__class__}",
        "${''.__class__.__mro__}",
        "${list.__len__()}",
        "${list.append(1)}",
        "${''.format(1)}",
    ):
        with pytest.raises(ExpressionEvaluationError):
            value(text)
    assert value("${map.__class__}") is None


def test_unknown_names_and_null_targets(value):
    with pytest.raises(UnknownNameError) as caught:
        value("${nobody == 1}")
    assert (
        str(caught.value)
        == "Unknown property used in expression: ${nobody == 1}. Cause: Cannot resolve identifier 'nobody'"
    )
    with pytest.raises(UnknownPropertyError, match=r"Target unreachable, base expression 'map\.x' resolved to null"):
        value("${map.x.size()}")


def test_a_split_takes_literal_text_only(value):
    assert value("${'a.b'.split('\\\\.')}") == ["a", "b"]
    assert value("${'a, b'.split(', ')[1]}") == "b"
    assert value("${'abc'.split('')}") == ["a", "b", "c"]
    for separator in ("|", "[,]", "a+", "\\\\d"):
        with pytest.raises(ExpressionEvaluationError, match="regular expression"):
            value(f"${{'a|b'.split('{separator}')}}")
