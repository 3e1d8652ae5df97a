"""Methods of numbers and of Boolean."""

from __future__ import annotations

import struct
from typing import Any

from workflow_engine.expressions.coercion import double_to_long, to_integer
from workflow_engine.expressions.comparison import greater, less, same
from workflow_engine.expressions.java import java_class, wrap_integer, wrap_short
from workflow_engine.expressions.signature import Table, table
from workflow_engine.expressions.text import java_text
from workflow_engine.values import LONG_MAX, LONG_MIN, Long


def long_value(number: int | float) -> Long:
    return Long(double_to_long(number) if isinstance(number, float) else number)


def compare(left: Any, right: Any) -> int:
    """compareTo exists between values of one class only."""
    if java_class(left) != java_class(right):
        raise ValueError(f"class {java_class(right)} cannot be cast to class {java_class(left)}")
    return int(greater(left, right)) - int(less(left, right))


def compare_scalar(left: Any, right: Any) -> int:
    """Null is coerced to the zero of the type first."""
    return compare(left, type(left)(0) if right is None else right)


def hash_code(number: int | float) -> int:
    if isinstance(number, float):
        bits = int.from_bytes(struct.pack(">d", number), "big")
        return wrap_integer(bits ^ (bits >> 32))
    if java_class(number) == "java.lang.Long":
        bits = number & (2**64 - 1) if LONG_MIN <= number <= LONG_MAX else 0
        return wrap_integer((bits ^ (bits >> 32)) & 0xFFFFFFFF)
    return int(number)


NUMBER: Table = table(
    intValue=("", to_integer),
    longValue=("", long_value),
    shortValue=("", lambda number: wrap_short(to_integer(number))),
    doubleValue=("", float),
    toString=("", java_text),
    hashCode=("", hash_code),
    equals=("o", same),
    compareTo=("o", compare_scalar),
)

BOOLEAN: Table = table(
    booleanValue=("", bool),
    toString=("", java_text),
    hashCode=("", lambda value: 1231 if value else 1237),
    equals=("o", same),
    compareTo=("o", compare_scalar),
)
