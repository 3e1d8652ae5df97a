"""`== != < <= > >=` and `empty`: the side with the stronger type decides, number before Boolean before String."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from workflow_engine.expressions.budget import COLLECTION_ITEM, spend
from workflow_engine.expressions.coercion import to_boolean, to_double, to_long
from workflow_engine.expressions.datetimes import instant
from workflow_engine.expressions.errors import ExpressionEvaluationError
from workflow_engine.expressions.java import INTEGERS, java_class
from workflow_engine.expressions.text import MAX_DEPTH, to_text
from workflow_engine.values import JsonValue, ObjectValue


def equal(left: Any, right: Any) -> bool:
    if left is right:
        return True
    if left is None or right is None:
        return False
    kinds = (type(left), type(right))
    if kinds[0] in INTEGERS and kinds[1] in INTEGERS:
        return bool(left == right)
    if kinds == (str, str):
        return bool(left == right)
    return _equal_across(left, right, kinds)


def not_equal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def less(left: Any, right: Any) -> bool:
    return left is not right and left is not None and right is not None and _order(left, right) < 0


def greater(left: Any, right: Any) -> bool:
    return left is not right and left is not None and right is not None and _order(left, right) > 0


def less_or_equal(left: Any, right: Any) -> bool:
    """JUEL asks whether it is not greater, so NaN passes."""
    return left is right or (left is not None and right is not None and not _order(left, right) > 0)


def greater_or_equal(left: Any, right: Any) -> bool:
    return left is right or (left is not None and right is not None and not _order(left, right) < 0)


def is_empty(value: Any) -> bool:
    """Null, an empty text, list or map. A Json value is never empty, as in Camunda."""
    if value is None or value == "":
        return True
    if isinstance(value, ObjectValue):
        return value.json is not None and value.json.data in ({}, [])
    return isinstance(value, (dict, list, tuple, set, frozenset)) and not value


def same(left: Any, right: Any, depth: int = 0) -> bool:
    """Java's equals: 1 as an Integer is not 1 as a Long."""
    if left is right:
        return True
    if depth > MAX_DEPTH:
        raise ExpressionEvaluationError(f"collections nested deeper than {MAX_DEPTH} cannot be compared")
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        spend(COLLECTION_ITEM * (len(left) + 1))
        return len(left) == len(right) and all(same(a, b, depth + 1) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        spend(COLLECTION_ITEM * (len(left) + 1))
        return len(left) == len(right) and all(
            key in right and same(item, right[key], depth + 1) for key, item in left.items()
        )
    if isinstance(left, float) and isinstance(right, float):
        return _same_double(left, right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return instant(left) == instant(right)
    if isinstance(left, JsonValue) and isinstance(right, JsonValue):
        return left.compact() == right.compact()
    return java_class(left) == java_class(right) and bool(left == right)


def _equal_across(left: Any, right: Any, kinds: tuple[type, type]) -> bool:
    if float in kinds:
        return _same_double(to_double(left), to_double(right))
    if not INTEGERS.isdisjoint(kinds):
        return to_long(left) == to_long(right)
    if bool in kinds:
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) or isinstance(right, str):
        return to_text(left) == to_text(right)
    return same(_content(left), _content(right))


def _order(left: Any, right: Any) -> float:
    """Negative, zero or positive; NaN where no order exists."""
    kinds = (type(left), type(right))
    if kinds[0] in INTEGERS and kinds[1] in INTEGERS:
        return -1 if left < right else left > right
    if float in kinds:
        a, b = to_double(left), to_double(right)
        return math.nan if a != a or b != b else -1 if a < b else a > b
    if not INTEGERS.isdisjoint(kinds):
        x, y = to_long(left), to_long(right)
        return -1 if x < y else x > y
    if isinstance(left, str) or isinstance(right, str):
        s, t = to_text(left), to_text(right)
        return -1 if s < t else s > t
    if isinstance(left, datetime) and isinstance(right, datetime):
        d, e = instant(left), instant(right)
        return -1 if d < e else d > e
    if kinds == (bool, bool):
        return int(left) - int(right)
    raise ExpressionEvaluationError(f"Cannot compare 'class {java_class(left)}' and 'class {java_class(right)}'")


def _same_double(left: float, right: float) -> bool:
    """Double.equals: NaN is itself, and 0.0 is not -0.0."""
    if left == right:
        return left != 0 or math.copysign(1.0, left) == math.copysign(1.0, right)
    return left != left and right != right


def _content(value: Any) -> Any:
    return value.json.data if isinstance(value, ObjectValue) and value.json is not None else value
