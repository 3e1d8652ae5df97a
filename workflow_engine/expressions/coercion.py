"""EL's coercions to Long, Double and Boolean (specification 2.2, section 1.18), with JUEL's messages. String: see text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from workflow_engine.expressions.errors import ExpressionEvaluationError, shorten
from workflow_engine.expressions.java import INTEGERS, java_class, wrap_integer, wrap_long
from workflow_engine.values import LONG_MAX, LONG_MIN

MAX_NUMBER_TEXT = 1000
_LONG = re.compile(r"[+-]?[0-9]+")
_DOUBLE = re.compile(r"([+-]?)(?:(NaN)|(Infinity)|((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?)")
_JAVA_TRIM = "".join(map(chr, range(0x21)))


def to_long(value: Any) -> int:
    kind = type(value)
    if kind in INTEGERS:
        return wrap_long(value)
    if value is None or value == "":
        return 0
    if kind is float or isinstance(value, Decimal):
        return double_to_long(float(value))
    if isinstance(value, str):
        if len(value) <= MAX_NUMBER_TEXT and _LONG.fullmatch(value):
            number = int(value)
            if LONG_MIN <= number <= LONG_MAX:
                return number
        raise _no_value(value, "Long")
    raise _no_type(value, "Long")


def to_double(value: Any) -> float:
    kind = type(value)
    if kind is float:
        return float(value)
    if kind in INTEGERS:
        return float(wrap_long(value))
    if value is None or value == "":
        return 0.0
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        match = _DOUBLE.fullmatch(value.strip(_JAVA_TRIM)) if len(value) <= MAX_NUMBER_TEXT else None
        if match is None:
            raise _no_value(value, "Double")
        sign, nan, _infinity, image = match.groups()
        if nan:
            return float("nan")
        return float(f"{sign}{image or 'inf'}")
    raise _no_type(value, "Double")


def to_boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    if value is None:
        return False
    if isinstance(value, str):
        return value.lower() == "true"
    raise _no_type(value, "Boolean")


def to_integer(value: Any) -> int:
    """Number.intValue: fractions cut off, 32 bits; a text must be a whole number."""
    if type(value) is float:
        return max(-(2**31), min(2**31 - 1, double_to_long(value)))
    if isinstance(value, str) and value != "" and not (_LONG.fullmatch(value) and len(value) <= 11):
        raise _no_value(value, "Integer")
    number = to_long(value)
    if isinstance(value, str) and number != wrap_integer(number):
        raise _no_value(value, "Integer")
    return wrap_integer(number)


def double_to_long(value: float) -> int:
    """Java's cast: NaN is 0, what does not fit becomes the nearest Long."""
    if value != value:
        return 0
    if not LONG_MIN <= value < LONG_MAX:
        return LONG_MAX if value > 0 else LONG_MIN
    return int(value)


def has_fraction(value: Any) -> bool:
    """Does arithmetic with this value give a Double? JUEL looks for one of `.eE` in a text."""
    return type(value) is float or (
        isinstance(value, Decimal) or (isinstance(value, str) and ("." in value or "e" in value or "E" in value))
    )


def _no_value(value: str, wanted: str) -> ExpressionEvaluationError:
    return ExpressionEvaluationError(f"Cannot coerce '{shorten(value)}' to class java.lang.{wanted}")


def _no_type(value: Any, wanted: str) -> ExpressionEvaluationError:
    return ExpressionEvaluationError(f"Cannot coerce from class {java_class(value)} to class java.lang.{wanted}")
