"""What does not hold, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str  # "I1" to "I8"
    process_instance_id: str | None
    message: str

    def __str__(self) -> str:
        where = f"process instance {self.process_instance_id}" if self.process_instance_id else "no process instance"
        return f"{self.invariant} {where}: {self.message}"
