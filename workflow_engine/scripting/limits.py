"""How much one script may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    seconds: float = 1.0  # of computing; twice that and a second on the clock, when the machine is busy
    memory: int = 64 * 2**20  # bytes
    stack: int = 512 * 2**10  # bytes

    @property
    def patience(self) -> float:
        """Seconds on the clock after which the process is killed."""
        return self.seconds * 2 + 1
