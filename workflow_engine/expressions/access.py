"""`a.b` and `a[b]`: maps, lists, JSON, dates, and objects that answer for themselves. Never a Python attribute."""

from __future__ import annotations

from typing import Any

from workflow_engine.expressions.coercion import to_integer
from workflow_engine.expressions.collection_methods import own
from workflow_engine.expressions.context import ExpressionObject
from workflow_engine.expressions.errors import ExpressionEvaluationError, UnknownPropertyError
from workflow_engine.expressions.java import INTEGERS, java_class
from workflow_engine.expressions.methods import methods_of
from workflow_engine.expressions.text import to_text
from workflow_engine.values import JsonValue, ObjectValue, narrow


def read(base: Any, key: Any) -> Any:
    """What a path ends with; parts of JSON come as plain dict, list and scalars of their own."""
    found = follow(base, key)
    if type(found) is JsonValue and isinstance(base, (JsonValue, ObjectValue)):
        return own(found.data)
    return found


def follow(base: Any, key: Any) -> Any:
    """A step within a path; lists and maps in JSON stay JSON, so that nothing is copied on the way."""
    if base is None or key is None:
        return None
    if isinstance(base, dict):
        return _entry(base, key)
    if isinstance(base, (list, tuple)):
        index = _index(key)
        return base[index] if 0 <= index < len(base) else None
    if isinstance(base, JsonValue):
        return _json_part(base, key)
    if isinstance(base, ObjectValue) and base.json is not None:
        return _json_part(base.json, key)
    if isinstance(base, ExpressionObject):
        return base.get_property(to_text(key))
    return _getter(base, to_text(key))


def _json_part(base: JsonValue, key: Any) -> Any:
    part = None
    if isinstance(base.data, list):
        part = base.child(_index(key))
    elif isinstance(key, str):  # as in Java, the number 1 is no key of a map of texts
        part = base.child(key)
    return JsonValue.of(part) if isinstance(part, (dict, list)) else narrow(part)


def _entry(base: dict[Any, Any], key: Any) -> Any:
    try:
        return base.get(key)
    except TypeError:  # a list or a map as the key
        return None


def _index(key: Any) -> int:
    if type(key) in INTEGERS or isinstance(key, (float, str)):
        return to_integer(key)
    raise ExpressionEvaluationError(f"Cannot coerce from class {java_class(key)} to class java.lang.Integer")


def _getter(base: Any, name: str) -> Any:
    table = methods_of(base)
    for getter in (f"get{name[:1].upper()}{name[1:]}", f"is{name[:1].upper()}{name[1:]}"):
        method = table.get((getter, 0))
        if method is not None:
            return method.function(base)
    raise UnknownPropertyError(f"The class '{java_class(base)}' does not have the property '{name}'.")
