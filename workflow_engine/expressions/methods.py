"""The closed list of methods: which there are for which type, and how arguments are coerced for them. Nothing else is called."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_engine.expressions import collection_methods, date_methods, json_methods, scalar_methods, string_methods
from workflow_engine.expressions.coercion import to_boolean, to_integer, to_long
from workflow_engine.expressions.context import ExpressionObject
from workflow_engine.expressions.datetimes import DateTime
from workflow_engine.expressions.errors import ExpressionEvaluationError, UnknownMethodError, UnknownPropertyError
from workflow_engine.expressions.java import INTEGERS, java_class
from workflow_engine.expressions.signature import Method, Table
from workflow_engine.expressions.text import to_text
from workflow_engine.values import JsonValue, ObjectValue

_TABLES: dict[type, Table] = {
    str: string_methods.TABLE, bool: scalar_methods.BOOLEAN, dict: collection_methods.MAP, list: collection_methods.LIST,
    tuple: collection_methods.READ_ONLY_LIST, DateTime: date_methods.DATE_TIME, JsonValue: json_methods.TABLE,
    float: scalar_methods.NUMBER, **dict.fromkeys(INTEGERS, scalar_methods.NUMBER),
}  # fmt: skip
_READ_ONLY: dict[type, Table] = {dict: collection_methods.READ_ONLY_MAP, list: collection_methods.READ_ONLY_LIST}
_NONE: Table = {}


def methods_of(base: Any) -> Table:
    """The table for a value; a subclass has the methods of its base."""
    table = _TABLES.get(type(base))
    if table is None:
        table = next((found for kind, found in _SUBCLASSES if isinstance(base, kind)), _NONE)
    return table


_SUBCLASSES: tuple[tuple[type, Table], ...] = (
    (DateTime, date_methods.DATE_TIME), (datetime, date_methods.DATE), (str, string_methods.TABLE),
    (dict, collection_methods.MAP), (list, collection_methods.LIST),
)  # fmt: skip


def call(base: Any, name: str, args: list[Any], target: str) -> Any:
    """Call a method of a value; `target` is the source text of the value."""
    if base is None:
        raise UnknownPropertyError(f"Target unreachable, base expression '{target}' resolved to null")
    if isinstance(base, ExpressionObject):
        return base.call_method(name, args)
    method = methods_of(base).get((name, len(args)))
    if method is None and isinstance(base, (JsonValue, ObjectValue)):
        return _call_collection(base, name, args)
    if method is None:
        raise _unknown(base, name, args)
    return _invoke(method, base, name, args)


def _call_collection(base: JsonValue | ObjectValue, name: str, args: list[Any]) -> Any:
    """A list or map held as JSON answers like a list or map, but cannot be changed, nor can its parts."""
    value = base if isinstance(base, JsonValue) else base.json
    table = _READ_ONLY.get(type(value.data), _NONE) if value is not None else _NONE
    method = table.get((name, len(args)))
    if value is None or method is None:
        raise _unknown(base, name, args)
    return collection_methods.own(_invoke(method, value.data, name, args))


def _invoke(method: Method, base: Any, name: str, args: list[Any]) -> Any:
    coerced = [_coerce(kind, arg, base, name, args) for kind, arg in zip(method.kinds, args, strict=True)]
    try:
        return method.function(base, *coerced)
    except (ValueError, IndexError, OverflowError) as error:
        raise ExpressionEvaluationError(f"{java_class(base)}.{name}: {error}") from None


def _coerce(kind: str, arg: Any, base: Any, name: str, args: list[Any]) -> Any:
    """s String, c CharSequence, i int, l long, b boolean, d Date, o any."""
    if kind == "o":
        return arg
    if kind == "s":
        return to_text(arg)
    if kind == "c" and isinstance(arg, str):
        return arg
    if kind == "d" and isinstance(arg, datetime):
        return arg
    if kind in "il" and not isinstance(arg, bool):
        try:
            return to_integer(arg) if kind == "i" else to_long(arg)
        except ExpressionEvaluationError:
            pass
    if kind == "b" and (arg is None or isinstance(arg, (bool, str))):
        return to_boolean(arg)
    raise _unknown(base, name, args)


def _unknown(base: Any, name: str, args: list[Any]) -> UnknownMethodError:
    kinds = ", ".join(java_class(arg) for arg in args)
    return UnknownMethodError(f"Method not found: class {java_class(base)}.{name}({kinds})")
