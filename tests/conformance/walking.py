"""The command line of the walks."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.conformance.generator import generate
from tests.conformance.shrinking import shrink
from tests.conformance.walk import Violation, Walk


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.walk")
    parser.add_argument("--seed", type=int, default=0, help="of the model")
    parser.add_argument("--path", type=int, help="seed of the path; that of the model unless told")
    parser.add_argument("--count", type=int, default=1, help="so many walks, with the seeds that follow")
    parser.add_argument("--shrink", action="store_true", help="look for a smaller model that breaks the same invariant")
    parser.add_argument("--verbose", action="store_true", help="print the model and every step")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    failures = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        path = seed if arguments.path is None else arguments.path
        if arguments.verbose:
            print(generate(seed).xml.decode())
        try:
            counts += Walk(seed, path, verbose=arguments.verbose).run()
        except Violation as violation:
            failures += 1
            print(violation)
            if arguments.shrink:
                model, _path, violation = shrink(seed, path, violation)
                print(f"\nA smaller model:\n{model.xml.decode()}\n{violation}")
    print(
        f"{arguments.count} walks, {failures} violations: "
        + ", ".join(f"{n} {name}" for name, n in counts.most_common())
    )
    sys.exit(bool(failures))
