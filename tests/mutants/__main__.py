"""Removes one guard after another and looks whether a test notices.

    python -m tests.mutants [--only NAME ...] [--jobs N] [--markdown FILE]

Exit code 1 if a mutant survives, or can't be made any more because the source has moved.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.mutants import running
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import ROOT, Mutant, SourceHasMoved
from tests.mutants.running import Result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="these mutants; a name may be the beginning of several"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    options = parser.parse_args()
    chosen = [mutant for mutant in CATALOGUE if not options.only or mutant.name.startswith(tuple(options.only))]
    # Ended from outside, it still takes its servers and folders away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not chosen:
        parser.error("there is no such mutant")
    for mutant in chosen:
        try:
            mutant.mutated((ROOT / mutant.path).read_text())
        except SourceHasMoved as error:
            print(error)
            return 1
    print(f"{len(chosen)} mutants; first their tests without any of them.", flush=True)
    started, before = time.monotonic(), running.sound(chosen)
    if before.trouble or before.killers:
        print("Tests are red without any mutant:", *before.killers, before.trouble, sep="\n")
        return 1
    results: dict[str, Result] = {}

    def tell(mutant: Mutant, result: Result) -> None:
        results[mutant.name] = result
        print(f"{_verdict(result):9} {mutant.name}: {mutant.guard}; {_by(result)}", flush=True)

    running.run(chosen, options.jobs, tell)
    if options.markdown:
        options.markdown.write_text(_table(chosen, results))
    killed = sum(result.is_killed for result in results.values())
    minutes = (time.monotonic() - started) / 60
    print(f"{killed} of {len(chosen)} mutants killed, {len(chosen) - killed} not, in {minutes:.1f} minutes")
    return 0 if killed == len(chosen) else 1


def _verdict(result: Result) -> str:
    return "killed" if result.is_killed else "BROKEN" if result.trouble else "SURVIVED"


def _by(result: Result) -> str:
    return result.trouble or ", ".join(result.killers) or "no test noticed"


def _table(mutants: list[Mutant], results: dict[str, Result]) -> str:
    rows = ["| mutant | what is removed | database | |", "|---|---|---|---|"]
    for mutant in mutants:
        by = ", ".join(f"`{name.removeprefix('tests/')}`" for name in results[mutant.name].killers)
        told = f"killed by {by}" if by else f"**{_verdict(results[mutant.name])}**"
        rows.append(f"| `{mutant.name}` | {mutant.guard} | {mutant.database} | {told} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
