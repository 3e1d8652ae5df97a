"""JSON in and out. Everything that a database or another parser might choke on is refused here, once for all requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from workflow_engine.rest.limits import limits

try:
    import orjson
except ImportError:  # the extra "fast" is not installed
    orjson = None  # type: ignore[assignment]

_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_MANY_DIGITS = re.compile(rb"\d{19}")


def loads(data: bytes) -> Any:
    """Raises ValueError with a sentence: for broken text, NaN and infinity, NUL, lone surrogates, depth, integers beyond 64 bits."""
    deepest = limits().max_nesting
    value = _parse(data, deepest)
    if data.count(b"{") + data.count(b"[") > deepest:
        _check_depth(value, deepest)
    if b"\\u0000" in data and any("\0" in text for text in _texts(value)):
        raise ValueError("it holds the character NUL (\\u0000)")
    if _MANY_DIGITS.search(data):
        _check_integers(data, deepest)
    return value


def dumps(value: Any) -> bytes:
    if orjson is not None:
        return orjson.dumps(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _parse(data: bytes, deepest: int) -> Any:
    try:
        if orjson is not None:
            return orjson.loads(data)
        value = json.loads(data, parse_constant=_refuse_constant, parse_float=_finite)
        if b"\\ud" in data.lower():
            for text in _texts(value):
                text.encode()
        return value
    except RecursionError:
        raise ValueError(f"it is nested deeper than {deepest} levels") from None
    except UnicodeError:
        raise ValueError("it is not valid UTF-8") from None
    except ValueError as error:
        raise ValueError(f"it is not valid JSON: {error}") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:30]} is too large for a number")
    return number


def _check_depth(value: Any, deepest: int) -> None:
    level, depth = [value], 0
    while level := [node for node in level if isinstance(node, dict | list)]:
        depth += 1
        if depth > deepest:
            raise ValueError(f"it is nested deeper than {deepest} levels")
        level = [child for node in level for child in _children(node)]


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def _texts(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        else:
            if isinstance(node, dict):
                yield from node
            stack.extend(_children(node))


def _check_integers(data: bytes, deepest: int) -> None:
    """A slow second look, only taken when the body holds a very long row of digits (orjson would make floats of such integers)."""
    try:
        json.loads(data, parse_int=_long)
    except RecursionError:
        raise ValueError(f"it is nested deeper than {deepest} levels") from None


def _long(text: str) -> int:
    if len(text) > 20 or not _LONG_MIN <= int(text) <= _LONG_MAX:
        raise ValueError(f"its integer {text[:30]} does not fit into 64 bits")
    return int(text)
