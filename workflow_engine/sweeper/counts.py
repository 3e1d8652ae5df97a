"""What one pass of a duty did."""

from __future__ import annotations

from collections import Counter


class Counts(Counter[str]):
    """How many of what: Counts(executed=3, failed=1)."""

    def __bool__(self) -> bool:
        return self.total() > 0

    def __str__(self) -> str:
        return ", ".join(f"{number} {word}" for word, number in self.items() if number) or "nothing"
