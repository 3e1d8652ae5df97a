"""JSON text: strict and bounded reading, and writing the way Camunda (Jackson) writes.

Must never import anything of this project: the typed values stand on it.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

MAX_DEPTH = 200
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_encode: Callable[[str], str] = encode_basestring


class JsonError(ValueError):
    """The text is no JSON, or it does not hold what was looked for, or the data has no JSON form."""


def parse(text: str) -> tuple[Any, bool]:
    """The data, and whether it holds a number that Java writes otherwise than Python."""
    strange = False

    def number(image: str) -> float:
        nonlocal strange
        value = float(image)
        strange = strange or not (value == 0 or 1e-3 <= abs(value) < 1e7)
        return value

    _check_depth(text)
    try:
        return json.loads(text, parse_float=number, parse_constant=_refuse_constant), strange
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError(f"Cannot read JSON: {error}") from None


def write(data: object, *, java_floats: bool) -> str:
    """Compact JSON; with java_floats every number in Java's notation, which is slower."""
    try:
        if not java_floats:
            return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return _write(data, 0)
    except JsonError:
        raise
    except (TypeError, ValueError, RecursionError) as error:
        raise JsonError(f"Cannot write JSON: {error}") from None


def double_text(value: float) -> str:
    """Java's Double.toString: 1.0E10, 1.0E-5, NaN, Infinity."""
    size = abs(value)
    if 1e-3 <= size < 1e7 or value == 0:
        return repr(value)
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    image = "".join(map(str, digits))
    power = len(image) - 1 + int(exponent)
    return f"{'-' if sign else ''}{image[0]}.{image[1:].rstrip('0') or '0'}E{power}"


def _write(data: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise JsonError(f"Cannot write JSON: nested deeper than {MAX_DEPTH}")
    if isinstance(data, str):
        return _encode(data)
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    if isinstance(data, int):
        return int.__repr__(data)
    if isinstance(data, float):
        if not math.isfinite(data):
            raise JsonError(f"Cannot write JSON: {data} is no JSON number")
        return double_text(float(data))
    if isinstance(data, dict):
        return "{" + ",".join(f"{_encode(_key(k))}:{_write(v, depth + 1)}" for k, v in data.items()) + "}"
    if isinstance(data, (list, tuple)):
        return "[" + ",".join([_write(item, depth + 1) for item in data]) + "]"
    return _write_other(data, depth)


def _write_other(data: Any, depth: int) -> str:
    if isinstance(data, datetime):
        moment = (data if data.tzinfo else data.replace(tzinfo=UTC)).astimezone(UTC)
        return f'"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"'
    if isinstance(data, bytes):
        return f'"{base64.b64encode(data).decode()}"'
    compact = getattr(data, "compact", None)  # a JsonValue inside plain data
    if callable(compact):
        return str(compact())
    raise JsonError(f"Cannot write JSON: a value of type '{type(data).__qualname__}' has no JSON form")


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (int, float)) or key is None:
        return _write(key, 0)
    raise JsonError(f"Cannot write JSON: a key of type '{type(key).__qualname__}' has no JSON form")


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for char in _QUOTED.sub("", text):
        if char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonError(f"Cannot read JSON: nested deeper than {MAX_DEPTH}")
        elif char in "]}":
            depth -= 1


def _refuse_constant(image: str) -> Any:
    raise JsonError(f"Cannot read JSON: '{image}' is no JSON number")
