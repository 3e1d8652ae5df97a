"""A value as text, in the words of Java's toString: what a composite text and a comparison with a string see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from workflow_engine.expressions.budget import COLLECTION_ITEM, check_text, spend
from workflow_engine.expressions.datetimes import DateTime, instant
from workflow_engine.expressions.errors import ExpressionEvaluationError
from workflow_engine.expressions.java import INTEGERS, java_class
from workflow_engine.values import LONG_MAX, LONG_MIN, FileValue, JsonValue, ObjectValue, XmlValue, double_text, narrow

MAX_DEPTH = 100
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_text(value: Any) -> str:
    """EL's coercion to String: null is the empty text."""
    if type(value) is str:
        return value
    return "" if value is None else java_text(value)


def java_text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return str(value)
    if kind in INTEGERS:
        return int.__repr__(value) if LONG_MIN <= value <= LONG_MAX else double_text(narrow(value))
    if kind is float:
        return double_text(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    return _other_text(value)


def _other_text(value: Any) -> str:
    if isinstance(value, JsonValue):
        text = value.compact()
        spend(len(text) * 4)
        return text
    if isinstance(value, ObjectValue):
        if value.json is not None:
            return java_text(value.json.data)
    elif isinstance(value, (dict, list, tuple)):
        out: list[str] = []
        _write(value, out, 0)
        return "".join(out)
    elif isinstance(value, DateTime):
        return value.iso()
    elif isinstance(value, datetime):
        return _date_text(value)
    elif isinstance(value, XmlValue):
        return value.text
    elif not isinstance(value, (bytes, FileValue)):
        text = str(value)
        check_text(len(text))
        return text
    raise ExpressionEvaluationError(f"Cannot coerce from class {java_class(value)} to class java.lang.String")


def _write(value: Any, out: list[str], depth: int) -> None:
    """Depth and budget also stop a collection that holds itself."""
    if depth > MAX_DEPTH:
        raise ExpressionEvaluationError(f"a collection nested deeper than {MAX_DEPTH} has no text")
    spend(COLLECTION_ITEM)
    if isinstance(value, dict):
        out.append("{")
        for number, (key, item) in enumerate(value.items()):
            out.append(f"{', ' if number else ''}{java_text(key)}=")
            _write(item, out, depth + 1)
        out.append("}")
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for number, item in enumerate(value):
            if number:
                out.append(", ")
            _write(item, out, depth + 1)
        out.append("]")
    else:
        text = java_text(value)
        spend(len(text))
        out.append(text)


def _date_text(value: datetime) -> str:
    moment = instant(value).astimezone(UTC)
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day} {month} {moment.day:02d} {moment:%H:%M:%S} UTC {moment.year}"
