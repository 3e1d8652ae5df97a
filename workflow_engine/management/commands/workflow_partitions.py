"""History in one table per month, on PostgreSQL."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflow_engine import clock
from workflow_engine.services import partitions
from workflow_engine.services.partitions.catalogue import check_database, parts
from workflow_engine.services.partitions.locks import Patience
from workflow_engine.services.partitions.months import Month
from workflow_engine.store import database


class Command(BaseCommand):
    help = (
        "Splits the tables of history by month (enable), adds coming months (add), drops months of which nothing is needed any"
        " more (drop), shows what there is (list), or goes back to one table each (disable). PostgreSQL only. See docs/growth.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="enable|add|drop|list|disable")
        for name, text in (
            ("enable", "split the tables; copies no row, servers go on working"),
            ("add", "add the months to come; a sweeper does so by itself"),
            ("drop", "show which months may go, and with --execute drop them"),
            ("list", "show the parts"),
            ("disable", "make one table of each again; writers wait while rows are copied"),
        ):
            command = commands.add_parser(name, help=text, description=text)
            command.add_argument("--database", default=None, help="alias of the database (default: the engine's)")
            if name != "list":
                command.add_argument(
                    "--lock-timeout", type=float, default=2.0, help="longest wait for a lock in seconds (default 2)"
                )
                command.add_argument(
                    "--attempts", type=int, default=30, help="how often it is tried to get a lock (default 30)"
                )
            if name in ("enable", "add"):
                command.add_argument("--months", type=int, default=3, help="months after this one (default 3)")
            if name == "drop":
                command.add_argument(
                    "--older-than",
                    required=True,
                    metavar="YYYY-MM|N",
                    help="months before this one, or those that were over N months ago",
                )
                command.add_argument("--execute", action="store_true", help="drop them; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        using = database.alias(options["database"])
        try:
            check_database(using)
            getattr(self, f"_{options['what']}")(using, options)
        except partitions.PartitionError as error:
            raise CommandError(str(error)) from error

    def _enable(self, using: str, options: dict[str, Any]) -> None:
        partitions.enable(using, months=_months(options), tell=self.stdout.write, patience=_patience(options))
        self.stdout.write("History is split by month.")

    def _add(self, using: str, options: dict[str, Any]) -> None:
        count = 0
        for added in partitions.add(using, months=_months(options), patience=_patience(options)):
            self.stdout.write(str(added))
            count += 1
        self.stdout.write(f"{count} parts added." if count else "Every month is there already.")

    def _drop(self, using: str, options: dict[str, Any]) -> None:
        before = _before(options["older_than"], Month.of(clock.now(using)))
        if options["execute"]:
            found = list(self._told(partitions.drop(using, before, patience=_patience(options)), "dropped"))
            self.stdout.write(f"{sum(one.is_gone for one in found)} of {len(found)} parts dropped.")
        else:
            found = list(self._told(partitions.candidates(using, before), "may go"))
            self.stdout.write(
                f"{sum(not one.needed for one in found)} of {len(found)} parts may go. --execute drops them."
            )

    def _told(self, found: Any, word: str) -> Any:
        for one in found:
            if one.needed:
                said = f"stays: {one.needed} of {one.rows} rows are needed"
            elif one.is_gone or word == "may go":
                said = f"{word}: {one.rows} rows"
            else:
                said = "stays: something has changed meanwhile, or somebody works on its instances; run it again"
            self.stdout.write(f"{one.part.name}: {said}")
            yield one

    def _list(self, using: str, options: dict[str, Any]) -> None:
        known = parts(using, partitions.tables())
        for table in partitions.tables():
            if table not in known:
                self.stdout.write(f"{table}: one table")
                continue
            self.stdout.write(f"{table}:")
            for part in known[table]:
                rows = "never counted" if part.rows < 0 else f"about {part.rows} rows"
                self.stdout.write(f"  {part.name}: {_range(part)}, {rows}, {part.size // 1024} KiB")

    def _disable(self, using: str, options: dict[str, Any]) -> None:
        partitions.disable(using, tell=self.stdout.write, patience=_patience(options))


def _patience(options: dict[str, Any]) -> Patience:
    if options["lock_timeout"] <= 0 or options["attempts"] < 1:
        raise CommandError("--lock-timeout must be above 0, and --attempts at least 1.")
    return Patience(seconds=options["lock_timeout"], attempts=options["attempts"])


def _months(options: dict[str, Any]) -> int:
    months = options["months"]
    if not 0 <= months <= 120:
        raise CommandError("--months must be between 0 and 120.")
    return int(months)


def _before(text: Any, now: Month) -> Month:
    if (month := Month.parse(str(text))) is not None:
        return month
    if not str(text).isdecimal() or int(text) > 1200:
        raise CommandError(f"--older-than {text}: it must be a month such as 2026-03, or a number of months.")
    return now.plus(-int(text))


def _range(part: partitions.Part) -> str:
    if part.is_default:
        return "all that has no part"
    first, end = part.first, part.end
    assert end is not None
    if first is None:
        return f"before {end}"
    return str(first) if end == first.plus(1) else f"{first} to {end.plus(-1)}"
