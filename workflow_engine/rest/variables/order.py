"""The order in which Camunda 7 sets the variables of one request: that of Java's HashMap.

It shows where order shows: in history, in ids, and in which of several conditional events is triggered first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_SMALLEST_TABLE = 16


def in_hash_order(variables: dict[str, Any]) -> dict[str, Any]:
    if len(variables) < 2:
        return variables
    size = _SMALLEST_TABLE
    while len(variables) > size * 3 // 4:
        size *= 2
    # Sorting is stable, and names of one bucket stay in the order in which they were put in.
    return dict(sorted(variables.items(), key=lambda item: _spread_hash(item[0]) & (size - 1)))


@lru_cache(maxsize=10_000)
def _spread_hash(name: str) -> int:
    """String.hashCode over UTF-16 units, with the upper half folded into the lower as HashMap does."""
    units = name.encode("utf-16-le", "surrogatepass")
    code = 0
    for position in range(0, len(units), 2):
        code = (31 * code + units[position] + (units[position + 1] << 8)) & 0xFFFFFFFF
    return code ^ (code >> 16)
