"""What a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    seconds: float  # of faults
    seed: int
    webs: int
    sweepers: int
    workers: int
    starters: int
    open: int  # instances at the same time, at most
    instances: int | None  # in all, at most
    intensity: float  # of the faults: 2 is twice as many
    folder: Path  # for logs, journal and ledger
    replay: str  # the command that runs the same plan again
