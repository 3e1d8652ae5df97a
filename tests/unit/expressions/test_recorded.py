"""Every expression gives what Camunda 7.24 gave (recorded.json, written by record.py)."""

import json
import math
import pathlib
from datetime import UTC, datetime

import pytest

from workflow_engine.expressions import (
    ExpressionError,
    ExpressionEvaluationError,
    ExpressionSyntaxError,
    UnknownMethodError,
    UnknownPropertyError,
    VariablesContext,
    compile_expression,
)
from workflow_engine.expressions.java import java_class
from workflow_engine.values import JsonValue, Long, ObjectValue, Short, XmlValue, type_name

ROWS = json.loads(pathlib.Path(__file__).with_name("recorded.json").read_text())
NOW = datetime(2026, 11, 21, 1, 8, 34, 109000, tzinfo=UTC)
PLAIN = {"Null", "Boolean", "Integer", "Double", "String", "List"}
KINDS = {"Unknown property": UnknownPropertyError, "Unknown method": UnknownMethodError}
JAVA_ONLY = (
    "java.lang.",
    "java.util.",
    "org.joda",
    "For input string",
    "Cause: null",
    "SPIN",
    "UTILS",
    "Cannot serialize",
)


def python_value(kind, value):
    if kind in PLAIN:
        return value
    if kind == "Date":
        return datetime.fromisoformat(value)
    if kind == "Bytes":
        return value.encode()
    if kind == "Object":
        return ObjectValue(
            text=json.dumps(value), object_type_name="java.util.HashMap", serialization_data_format="application/json"
        )
    return {"Long": Long, "Short": Short, "Json": JsonValue, "Xml": XmlValue}[kind](value)


def described(value):
    """A value in the form of the table."""
    result = {"type": type_name(value)}
    if isinstance(value, JsonValue):
        result["value"] = value.text
    elif isinstance(value, float) and not math.isfinite(value):
        result["value"] = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    elif not isinstance(value, (datetime, dict, list, ObjectValue, XmlValue, bytes)):
        result["value"] = value
    elif isinstance(value, (dict, list, ObjectValue)):
        result["class"] = java_class(value)
    return result


def ours(row):
    try:
        expression = compile_expression(row["expression"])
    except ExpressionSyntaxError as error:
        return {"refused": str(error)}
    if problems := expression.function_problems():
        return {"refused": problems[0]}
    variables = {name: python_value(*typed) for name, typed in row.get("variables", {}).items()}
    try:
        return described(expression.evaluate(VariablesContext(variables, now=lambda: NOW)))
    except ExpressionEvaluationError as error:
        return {"failed": str(error)}


@pytest.mark.parametrize("row", ROWS, ids=[f"{at} {row['expression']}" for at, row in enumerate(ROWS)])
def test_gives_what_camunda_gave(row):
    recorded, result = row.get("ours", row["outcome"]), ours(row)
    message = recorded.get("refused") or recorded.get("failed")
    if message and any(mark in message.replace("class java.lang.", "") for mark in JAVA_ONLY):
        assert result.keys() == recorded.keys()
    elif "value" not in recorded and not message:
        assert {key: item for key, item in result.items() if key != "value"} == recorded
    else:
        assert result == recorded


@pytest.mark.parametrize("row", [row for row in ROWS if "failed" in row["outcome"] and "ours" not in row])
def test_fails_with_the_right_kind_of_error(row):
    variables = {name: python_value(*typed) for name, typed in row.get("variables", {}).items()}
    wanted = next(
        (kind for start, kind in KINDS.items() if row["outcome"]["failed"].startswith(start)), ExpressionError
    )
    with pytest.raises(wanted):
        compile_expression(row["expression"]).evaluate(VariablesContext(variables, now=lambda: NOW))
