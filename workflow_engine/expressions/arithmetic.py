"""`+ - * / %` and the minus sign. Integers are Longs that wrap around as Java's do; `/` always gives a Double."""

from __future__ import annotations

import math
from typing import Any

from workflow_engine.expressions.coercion import has_fraction, to_double, to_long
from workflow_engine.expressions.errors import ExpressionEvaluationError
from workflow_engine.expressions.java import INTEGERS, java_class, wrap_integer, wrap_long, wrap_short
from workflow_engine.values import INTEGER_MAX, INTEGER_MIN, LONG_MAX, LONG_MIN, Long, Short


def add(left: Any, right: Any) -> Any:
    if type(left) in INTEGERS and type(right) in INTEGERS:
        return _long(left + right)
    if has_fraction(left) or has_fraction(right):
        return to_double(left) + to_double(right)
    return _long(to_long(left) + to_long(right))


def subtract(left: Any, right: Any) -> Any:
    if type(left) in INTEGERS and type(right) in INTEGERS:
        return _long(left - right)
    if has_fraction(left) or has_fraction(right):
        return to_double(left) - to_double(right)
    return _long(to_long(left) - to_long(right))


def multiply(left: Any, right: Any) -> Any:
    if has_fraction(left) or has_fraction(right):
        return to_double(left) * to_double(right)
    return _long(to_long(left) * to_long(right))


def divide(left: Any, right: Any) -> Any:
    if left is None and right is None:
        return Long(0)
    dividend, divisor = to_double(left), to_double(right)
    if divisor != 0:
        try:
            return dividend / divisor
        except OverflowError:
            return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)
    if dividend == 0 or dividend != dividend:
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def modulo(left: Any, right: Any) -> Any:
    """The remainder has the sign of the dividend."""
    if left is None and right is None:
        return Long(0)
    if has_fraction(left) or has_fraction(right):
        try:
            return math.fmod(to_double(left), to_double(right))
        except ValueError:
            return math.nan
    dividend, divisor = to_long(left), to_long(right)
    if divisor == 0:
        raise ExpressionEvaluationError("/ by zero")
    remainder = abs(dividend) % abs(divisor)
    return Long(-remainder if dividend < 0 else remainder)


def negate(value: Any) -> Any:
    """Keeps the type of a number."""
    kind = type(value)
    if kind is Short:
        return wrap_short(-value)
    if kind is int and INTEGER_MIN <= value <= INTEGER_MAX:
        return wrap_integer(-value)
    if kind in INTEGERS:
        return _long(-value)
    if value is None:
        return Long(0)
    if has_fraction(value):
        return -to_double(value)
    if isinstance(value, str):
        return _long(-to_long(value))
    raise ExpressionEvaluationError(f"Cannot negate 'class {java_class(value)}'")


def _long(number: int) -> Long:
    return Long(number) if LONG_MIN <= number <= LONG_MAX else Long(wrap_long(number))
