"""What a run has to say: how much was done, which faults really hit, what was broken (nothing), how soon all was well again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos.plan import RATES
from tests.chaos.strikes import Strike
from tests.chaos.violations import KINDS, Violation

SHOWN = 20


@dataclass
class Report:
    seed: int
    seconds: float
    commit: str
    database: str
    replay: str  # the command that runs the same plan again
    figures: dict[str, int] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)  # handed out again, by reason
    fates: Mapping[str, int] = field(default_factory=dict)  # of requests
    statuses: Mapping[str, int] = field(default_factory=dict)  # of their answers
    silence: float = 0.0  # the longest time in which nothing was carried out, in seconds
    strikes: list[Strike] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def faults(self) -> dict[str, dict[str, Any]]:
        told = {}
        for kind in RATES:
            strikes = [strike for strike in self.strikes if strike.fault.kind == kind]
            times = sorted(strike.recovery for strike in strikes if strike.has_hit and strike.recovery is not None)
            told[kind] = {
                "planned": len(strikes),
                "hit": sum(strike.has_hit for strike in strikes),
                "recovery median": round(median(times), 2) if times else None,
                "recovery max": times[-1] if times else None,
            }
        return told

    def counts(self) -> dict[str, int]:
        found = Counter(violation.kind for violation in self.violations)
        return {kind: found[kind] for kind in KINDS}

    def lines(self) -> Iterator[str]:
        yield f"Chaos, seed {self.seed}, {self.seconds:.0f} s of faults, PostgreSQL {self.database}, commit {self.commit}"
        yield ""
        yield from (f"  {name:<32}{number:>9,}" for name, number in self.figures.items())
        yield ""
        yield f"  {'faults':<22}{'planned':>9}{'hit':>7}{'recovery median':>18}{'max':>9}"
        for kind, row in self.faults().items():
            times = [
                f"{row[name]:.2f} s" if row[name] is not None else "-" for name in ("recovery median", "recovery max")
            ]
            yield f"  {kind:<22}{row['planned']:>9}{row['hit']:>7}{times[0]:>18}{times[1]:>9}"
        yield ""
        yield "  handed out again: " + (
            ", ".join(f"{n} {why}" for why, n in sorted(self.deliveries.items())) or "nothing"
        )
        yield "  requests: " + ", ".join(f"{n} {fate}" for fate, n in sorted(self.fates.items()))
        yield "  statuses: " + ", ".join(f"{n} x {status}" for status, n in sorted(self.statuses.items()))
        yield f"  longest time in which no start and no completion was carried out: {self.silence:.1f} s"
        yield "  ends: " + ", ".join(f"{n} {end}" for end, n in sorted(self.ends.items()))
        yield ""
        for kind, number in self.counts().items():
            yield f"  {number:>6} {kind:<16}{KINDS[kind]}"
        for violation in self.violations[:SHOWN]:
            yield f"  ! {violation}"
        if len(self.violations) > SHOWN:
            yield f"  ! and {len(self.violations) - SHOWN} more"
        yield ""
        yield f"  {'VIOLATED' if self.violations else 'Everything holds.'} The same plan again: {self.replay}"

    def write(self, path: Path) -> None:
        told = {**asdict(self), "faults": self.faults(), "counts": self.counts()}
        path.write_text(json.dumps(told, indent=1))
