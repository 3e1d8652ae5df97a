"""Checks on any database whether the engine's promises hold."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflow_engine import verification


class Command(BaseCommand):
    help = (
        "Checks the invariants I1 to I8 (see docs/verification.md) and prints every violation with its process instance."
        " Reads only, also while the site works. Exit code 0: all hold; 1: at least one does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            choices=verification.CHECKS,
            metavar="I1..I8",
            help="check only this one; repeatable",
        )
        parser.add_argument("--database", default=None, help="alias of the database (default: the engine's)")
        parser.add_argument("--limit", type=int, default=1000, help="stop after so many violations (default 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        checks = options["only"] or verification.CHECKS
        count = 0
        for violation in verification.verify(
            checks=checks, using=options["database"], progress=self._progress(options)
        ):
            self.stdout.write(str(violation))
            count += 1
            if count >= options["limit"]:
                self.stderr.write(f"Stopped after {count} violations.")
                break
        if count:
            raise CommandError(f"{count} violations of {', '.join(checks)}.", returncode=1)
        self.stdout.write(f"{', '.join(checks)} hold.")

    def _progress(self, options: dict[str, Any]) -> verification.Progress:
        if options["verbosity"] < 2 and not sys.stderr.isatty():
            return lambda what, count: None
        return lambda what, count: self.stderr.write(f"{what}: {count}" if count else what)
