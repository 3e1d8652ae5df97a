"""Whatever the text and the values: a value or an ExpressionError, nothing else."""

import contextlib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.support.fuzzing import examples
from workflow_engine.expressions import ExpressionError, VariablesContext, compile_expression
from workflow_engine.values import FileValue, JsonValue, Long, ObjectValue, Short, XmlValue

TOKENS = [
    "${", "#{", "}", "(", ")", "[", "]", ".", ",", ":", "?", "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!",
    "empty ", " and ", " or ", " not ", " div ", " mod ", " eq ", " instanceof ", "null", "true", "false", "1", "0", "2.5", "1e400",
    "9223372036854775807", "'a'", '"b"', "''", "'\\\\'", "\\", " ", "x", "n", "s", "l", "m", "j", "o", "d", "t", "f", "b", "z", "now()",
    "dateTime()", "S(", "JSON(", "XML(", ".size()", ".length()", ".prop('a')", ".elements()", ".get(", ".substring(", ".split(",
    ".indexOf(", ".contains(", ".equals(", ".compareTo(", ".add(", ".put('k',", ".toString()", ".hashCode()", ".plusDays(",
    ".plusMonths(", ".toDate()", ".time", ".a", ".intValue()", ".replace('a',", ".repeat(", ".charAt(", ".value()", ".keySet()",
]  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = (
    scalars
    | st.integers(-(2**63), 2**63 - 1).map(Long)
    | st.integers(-(2**15), 2**15 - 1).map(Short)
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.binary(max_size=4)
    | st.text(max_size=8).map(JsonValue)
    | st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    )
)
NAMES = "xnslmjodtfbz"
FIXED = {
    "x": None, "n": 1, "s": "abc", "l": [1, None, "a"], "m": {"a": {"b": [1]}}, "j": JsonValue('{"a":[1,{"b":null}]}'),
    "o": ObjectValue(text='{"a":1}', object_type_name="X", serialization_data_format="application/json"),
    "d": datetime(2020, 1, 1, tzinfo=UTC), "t": XmlValue("<a/>"), "f": FileValue(filename="a"), "b": True, "z": 1.5,
}  # fmt: skip


def attempt(text, variables):
    late = VariablesContext(variables, now=lambda: datetime(9999, 12, 31, tzinfo=UTC))
    early = VariablesContext(variables, now=lambda: datetime(1, 1, 1, tzinfo=UTC))
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        return str(error)
    for evaluate, context in ((expression.evaluate, late), (expression.evaluate_condition, early)):
        with contextlib.suppress(ExpressionError):
            evaluate(context)
    return ""


def variables_of(fixed):
    return {**fixed, "l": list(fixed["l"]), "m": dict(fixed["m"])}


@examples(200)
@given(st.text())
def test_any_text(text):
    attempt(text, FIXED)
    attempt("${" + text + "}", FIXED)


@examples(500)
@given(st.lists(st.sampled_from(TOKENS), max_size=25))
def test_any_tokens(tokens):
    attempt("".join(tokens), variables_of(FIXED))
    attempt("${" + "".join(tokens) + "}", variables_of(FIXED))


operands = st.sampled_from([*NAMES, "1", "2.5", "'a'", "null", "true", "dateTime()"])
expressions = st.recursive(
    operands,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"]), inner).map(" ".join),
        st.tuples(st.sampled_from(["!", "-", "empty "]), inner).map("".join),
        st.tuples(inner, inner, inner).map(lambda parts: "{} ? {} : {}".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: "({})[{}]".format(*parts)),
        st.tuples(
            operands, st.sampled_from([token for token in TOKENS if token[0] == "." and len(token) > 1]), inner
        ).map(lambda parts: "".join(parts[:2]) if parts[1][-1] not in "(," else "".join(parts) + ")"),
    ),
    max_leaves=12,
)  # fmt: skip


@examples(500)
@given(expressions, st.fixed_dictionaries(dict.fromkeys(NAMES, values)))
def test_any_values(expression, variables):
    attempt("${" + expression + "}", variables)
    attempt("a${" + expression + "}b", variables)
