"""Spin's navigation through a Json value. It reads only: a method that changes the JSON does not exist."""

from __future__ import annotations

from workflow_engine.expressions.budget import COLLECTION_ITEM, spend
from workflow_engine.expressions.signature import Table, table
from workflow_engine.expressions.text import java_text
from workflow_engine.values import JsonValue


def elements(value: JsonValue) -> list[JsonValue]:
    found = value.elements()
    spend(len(found) * COLLECTION_ITEM)
    return found


def field_names(value: JsonValue) -> list[str]:
    found = value.field_names()
    spend(len(found) * COLLECTION_ITEM)
    return found


TABLE: Table = table(
    prop=("s", JsonValue.prop),
    hasProp=("s", JsonValue.has_prop),
    elements=("", elements),
    fieldNames=("", field_names),
    stringValue=("", JsonValue.string_value),
    numberValue=("", JsonValue.number_value),
    boolValue=("", JsonValue.bool_value),
    value=("", JsonValue.value),
    isNull=("", JsonValue.is_null),
    isObject=("", lambda value: value.node_type() == "OBJECT"),
    isArray=("", lambda value: value.node_type() == "ARRAY"),
    isString=("", lambda value: value.node_type() == "STRING"),
    isNumber=("", lambda value: value.node_type() == "NUMBER"),
    isBoolean=("", lambda value: value.node_type() == "BOOLEAN"),
    isValue=("", lambda value: value.node_type() not in ("OBJECT", "ARRAY")),
    toString=("", java_text),
)
