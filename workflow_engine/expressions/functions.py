"""The functions of the language: Spin's S, JSON and XML, and the engine's now, dateTime, currentUser, currentUserGroups.

The clock and the user are the caller's; nothing here reads a clock of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn
from xml.parsers import expat

from workflow_engine.expressions.budget import spend
from workflow_engine.expressions.datetimes import DateTime
from workflow_engine.expressions.errors import ExpressionEvaluationError
from workflow_engine.expressions.java import java_class
from workflow_engine.values import JsonValue, XmlValue

ARITIES: Mapping[str, int] = MappingProxyType(
    {"now": 0, "dateTime": 0, "currentUser": 0, "currentUserGroups": 0, "S": 1, "JSON": 1, "XML": 1}
)


def problem(name: str, count: int) -> str | None:
    """Why a call cannot work, or None; Camunda refuses such a model when it is deployed."""
    if name not in ARITIES:
        return f"Could not resolve function '{name}'"
    return None if ARITIES[name] == count else f"Parameters for function '{name}' do not match"


def call(
    name: str,
    args: list[Any],
    *,
    now: Callable[[], datetime] | None = None,
    user_id: str | None = None,
    groups: Sequence[str] | None = None,
) -> Any:
    """Call a function of the language by name, with the caller's clock and user."""
    reason = problem(name, len(args))
    if reason is None and name in DEFAULT:
        return DEFAULT[name](*args)
    if reason is None and name == "currentUser":
        return user_id
    if reason is None and name == "currentUserGroups":
        return None if groups is None else list(groups)
    if reason is None and now is None:
        reason = f"Function '{name}' needs a clock, and there is none here"
    if reason is not None or now is None:
        raise ExpressionEvaluationError(reason or "")
    time = DateTime.of(now())
    return time if name == "dateTime" else time.to_date()


def spin(text: Any) -> JsonValue | XmlValue:
    """S(text): JSON or XML, told by the first character."""
    first = _text(text).lstrip()[:1]
    if first in ("{", "["):
        return json(text)
    if first == "<":
        return xml(text)
    raise ExpressionEvaluationError("No matching data format detected")


def json(text: Any) -> JsonValue:
    if isinstance(text, JsonValue):
        return text
    value = JsonValue(_text(text))
    spend(len(value.text) * 4)
    value.node_type()  # it must be JSON now, not when somebody looks into it
    return value


def xml(text: Any) -> XmlValue:
    """The text as it is, once it proves well-formed and free of a document type."""
    if isinstance(text, XmlValue):
        return text
    source = _text(text)
    spend(len(source) * 4)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(source, True)
    except (expat.ExpatError, UnicodeError, ValueError) as error:
        raise ExpressionEvaluationError(f"Unable to parse input into DOM document: {error}") from None
    return XmlValue(source)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise ExpressionEvaluationError("Parameter 'parameter' is null")
    raise ExpressionEvaluationError(f"Unsupported input of type '{java_class(value)}'")


def _refuse_doctype(*_: object) -> NoReturn:
    raise ValueError("a document type is not allowed")


DEFAULT: Mapping[str, Callable[[Any], Any]] = MappingProxyType({"S": spin, "JSON": json, "XML": xml})
