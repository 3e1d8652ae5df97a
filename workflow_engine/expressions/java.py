"""Java's names of classes and its fixed-width integers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_engine.expressions.datetimes import DateTime
from workflow_engine.values import (
    INTEGER_MAX,
    INTEGER_MIN,
    LONG_MAX,
    LONG_MIN,
    FileValue,
    JsonValue,
    Long,
    ObjectValue,
    Short,
    XmlValue,
)

INTEGERS = frozenset((int, Long, Short))

_CLASSES: dict[type, str] = {
    str: "java.lang.String", bool: "java.lang.Boolean", float: "java.lang.Double", Long: "java.lang.Long",
    Short: "java.lang.Short", list: "java.util.ArrayList", tuple: "java.util.ArrayList", dict: "java.util.HashMap",
    DateTime: "org.joda.time.DateTime", datetime: "java.util.Date", bytes: "[B", type(None): "null",
    JsonValue: "org.camunda.spin.impl.json.jackson.JacksonJsonNode", XmlValue: "org.camunda.spin.impl.xml.dom.DomXmlElement",
    FileValue: "java.io.ByteArrayInputStream",
}  # fmt: skip


def java_class(value: Any) -> str:
    """The name of the class that this value has in Camunda; the Python name for objects of the site."""
    kind = type(value)
    if kind is int:
        return "java.lang.Integer" if INTEGER_MIN <= value <= INTEGER_MAX else "java.lang.Long"
    if kind is ObjectValue:
        return str(value.object_type_name)
    return _CLASSES.get(kind) or kind.__qualname__


def wrap_long(number: int) -> int:
    """64 bits, two's complement."""
    return number if LONG_MIN <= number <= LONG_MAX else ((number - LONG_MIN) & (2**64 - 1)) + LONG_MIN


def wrap_integer(number: int) -> int:
    return ((number - INTEGER_MIN) & (2**32 - 1)) + INTEGER_MIN


def wrap_short(number: int) -> Short:
    return Short(((number + 2**15) & 0xFFFF) - 2**15)
