"""The order in which Java's HashMap gives its entries back.

Camunda keeps what a scope subscribes to in such a map, by activity id. Which of several conditions that hold at the same
moment fires first follows from it, and so does what a model does then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def in_java_order(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """The items (of different keys) as a map that has grown by them in this order would list them."""
    found = list(items)
    size = 16
    while len(found) > size * 3 // 4:
        size *= 2
    return sorted(found, key=lambda item: _bucket(key(item), size))


def _bucket(text: str, size: int) -> int:
    units = text.encode("utf-16-be", "surrogatepass")
    code = 0
    for position in range(0, len(units), 2):
        code = (code * 31 + units[position] * 256 + units[position + 1]) & 0xFFFFFFFF
    return (code ^ (code >> 16)) & (size - 1)
