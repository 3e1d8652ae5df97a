"""What will go wrong, and when: drawn from the seed alone, before anything runs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# How often a minute, on average; each at least once in a run.
RATES = {
    "kill web": 1.0,
    "kill web process": 0.5,
    "kill sweeper": 1.5,
    "kill worker": 2.0,
    "stop database": 1.0,
    "terminate backends": 6.0,
    "swallow answer": 8.0,
    "cut connection": 3.0,
    "pause worker": 0.8,
    "pause sweeper": 0.3,
    "pause web": 0.3,
    "skew clock": 0.4,
    "unlock task": 2.0,
    "poison task": 2.0,
    "slow clients": 1.0,
}
COMMANDS = ("start", "start", "fetch", "complete", "complete", "message", "bpmnError", "failure", "extendLock")
CUT = ("start", "fetch", "complete", "message")
SHIFTS = (-86_400.0, -3_600.0, -40.0, 7.0, 40.0, 3_600.0, 86_400.0)


@dataclass(frozen=True, slots=True)
class Fault:
    number: int
    at: float  # seconds after the beginning
    kind: str
    choice: float  # which of those that there are: 0 <= choice < 1
    size: float  # seconds, how many, or which, as the kind needs it

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} at {self.at:.1f} s"


def draw(seed: int, seconds: float, intensity: float = 1.0) -> list[Fault]:
    rng = random.Random(seed)
    drawn = []
    for kind, rate in RATES.items():
        count = max(1, round(rate * intensity * seconds / 60))
        # Each in a stretch of its own, so that none is missing from any part of the run.
        stretch = seconds / count
        drawn += [((number + rng.random()) * stretch, kind, rng.random(), rng.random()) for number in range(count)]
    return [Fault(number, *one) for number, one in enumerate(sorted(drawn), 1)]


def wrong_clocks(seed: int, sizes: Mapping[str, int]) -> dict[str, float]:
    """By how much the clock of each second web replica and sweeper is wrong from the beginning, by name.

    Those of sweepers are fast: a slow one would only leave its timers to the others.
    """
    rng = random.Random(f"{seed}/clocks")
    webs = {f"web-{number}": rng.choice(SHIFTS) for number in range(2, sizes["web"] + 1, 2)}
    return webs | {f"sweeper-{number}": abs(rng.choice(SHIFTS)) for number in range(2, sizes["sweeper"] + 1, 2)}


def pick(choice: float, among: Sequence[T]) -> T:
    return among[int(choice * len(among))]
