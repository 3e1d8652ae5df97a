"""The command line: python -m tests.chaos --minutes 2 --seed 7; exits with 1 if anything was violated."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from tests.chaos.options import Options
from tests.chaos.run import run


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=1.0, help="of faults; draining and judging come on top (default 1)"
    )
    parser.add_argument("--seed", type=int, default=None, help="of plan and courses (default: drawn)")
    parser.add_argument("--webs", type=int, default=2, help="web replicas (default 2)")
    parser.add_argument("--sweepers", type=int, default=2, help="sweeper processes (default 2)")
    parser.add_argument("--workers", type=int, default=4, help="workers, the stock client and ours in turn (default 4)")
    parser.add_argument("--starters", type=int, default=3, help="callers that start instances (default 3)")
    parser.add_argument("--open", type=int, default=100, help="live instances at most (default 100)")
    parser.add_argument(
        "--instances", type=int, default=None, help="started at most (default: as many as there is time for)"
    )
    parser.add_argument("--intensity", type=float, default=1.0, help="2: twice as many faults (default 1)")
    parser.add_argument("--json", type=Path, default=None, help="write the report to this file too")
    parser.add_argument(
        "--keep", type=Path, default=None, help="a new folder for logs, journal and ledger, which stays"
    )
    given = parser.parse_args(arguments)
    if given.workers < 2 or min(given.webs, given.sweepers, given.starters) < 1:
        parser.error("There must be two workers, one of each client, and one of everything else.")
    seed = int(time.time()) % 1_000_000 if given.seed is None else given.seed
    folder = given.keep or Path(tempfile.mkdtemp(prefix="workflow-chaos-"))
    names = ("minutes", "webs", "sweepers", "workers", "starters", "open", "instances", "intensity")
    same = " ".join(
        f"--{name} {getattr(given, name)}" for name in names if getattr(given, name) != parser.get_default(name)
    )
    options = Options(
        seconds=given.minutes * 60,
        seed=seed,
        webs=given.webs,
        sweepers=given.sweepers,
        workers=given.workers,
        starters=given.starters,
        open=given.open,
        instances=given.instances,
        intensity=given.intensity,
        folder=folder,
        replay=f"python -m tests.chaos --seed {seed} {same}".strip(),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    print(f"seed {seed}; logs, journal and ledger are in {folder}", flush=True)
    report = run(options, lambda line: print(line, flush=True))
    print("\n".join(["", *report.lines()]), flush=True)
    if given.json is not None:
        report.write(given.json)
    if not report.violations and given.keep is None:
        shutil.rmtree(folder)
    return 1 if report.violations else 0


def _end(number: int, frame: FrameType | None) -> None:
    """Also where a shell had it ignored: the processes of the run must not outlive it."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
