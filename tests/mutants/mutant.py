"""A mutant: the engine without one of its guards, made by replacing one exact piece of its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class SourceHasMoved(Exception):
    """The text to replace isn't there exactly once: the guard has moved, and the mutant has to follow it."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`tests`: pytest's names of those that must go red, on `database`. A name may stand for several parameters."""

    name: str
    guard: str  # what is removed, in words
    path: str
    old: str
    new: str
    tests: tuple[str, ...]
    database: str = "sqlite"

    def apply(self, tree: Path) -> None:
        """Removes the guard from a copy of the source."""
        file = tree / self.path
        file.write_text(self.mutated(file.read_text()))

    def mutated(self, source: str) -> str:
        count = source.count(self.old)
        if count != 1:
            raise SourceHasMoved(
                f"Mutant '{self.name}': its text is {count} times in {self.path}, not once: {self.old!r}"
            )
        return source.replace(self.old, self.new)
