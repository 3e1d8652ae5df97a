"""Adds the parts of coming months, and gives the default part's rows a part of their own where nobody did so in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow_engine import clock
from workflow_engine.services.partitions import catalogue, storage
from workflow_engine.services.partitions.catalogue import Part, execute, fetch
from workflow_engine.services.partitions.locks import Patience, briefly
from workflow_engine.services.partitions.making import BOUND, bounded, make_default
from workflow_engine.services.partitions.months import Month, time_of
from workflow_engine.services.partitions.refusals import PartitionError

MONTHS = 2  # that the sweeper keeps ahead


@dataclass(frozen=True, slots=True)
class Added:
    table: str
    first: Month
    end: Month  # not in it any more

    def __str__(self) -> str:
        last = self.end.plus(-1)
        return f"{self.table}: {self.first}" + ("" if last == self.first else f" to {last}")


def add(using: str, *, months: int, patience: Patience | None = None) -> Iterator[Added]:
    """So that the parts reach to the end of that many months after this one. What is there already is left as it is."""
    catalogue.check_database(using)
    names = catalogue.partitioned(using, catalogue.tables())
    if not names:
        raise PartitionError("History is not split by month: run `workflow_partitions enable` first.")
    for table in catalogue.tables():
        if table in names:
            yield from _add_to(using, table, months, patience or Patience())


def keep_ahead(using: str) -> list[Added]:
    """What a sweeper does from time to time: one small query where there is nothing to add, or nothing is split."""
    try:
        catalogue.check_database(using)
    except PartitionError:
        return []
    wanted = Month.of(clock.now(using)).plus(MONTHS + 1)
    known = catalogue.parts(using, catalogue.tables(), with_sizes=False)
    if all(_end(parts) >= wanted for parts in known.values()):
        return []
    return list(add(using, months=MONTHS, patience=Patience(attempts=3)))


def _end(parts: list[Part]) -> Month:
    ends = [part.end for part in parts if part.end is not None]
    if not ends:
        raise PartitionError(f"{parts[0].table} has no part but the default one.")
    return max(ends)


def _add_to(using: str, table: str, months: int, patience: Patience) -> Iterator[Added]:
    now = Month.of(clock.now(using))
    if (late := _fold(using, table, patience)) is not None:
        yield late
    while _end(catalogue.parts_of(using, table)) <= now.plus(months):
        # Whoever adds the same one is waited for, and then there is nothing left to do.
        added = briefly(
            using, table, lambda: _next(using, table, now.plus(months)), patience, mode="SHARE UPDATE EXCLUSIVE"
        )
        if added is not None:
            yield added


def _next(using: str, table: str, last: Month) -> Added | None:
    """Nobody who works on other parts has to wait: attaching asks for less than making a part in its place."""
    month = _end(catalogue.parts_of(using, table))
    if month > last:
        return None
    end, name = month.plus(1), f"{table}_{month.in_names}"
    execute(using, f'CREATE TABLE "{name}" (LIKE "{table}" INCLUDING ALL)')
    storage.take_over(using, table, name)
    _attach(using, table, name, month, end)
    return Added(table, month, end)


def _attach(using: str, table: str, name: str, first: Month, end: Month) -> None:
    execute(
        using,
        f"ALTER TABLE \"{table}\" ATTACH PARTITION \"{name}\" FOR VALUES FROM ('{first.first_id}') TO ('{end.first_id}')",
    )


def _fold(using: str, table: str, patience: Patience) -> Added | None:
    """Nobody has added months in time: what the default part has taken becomes a part, and a new default part begins."""
    parts = catalogue.parts_of(using, table)
    default = next((part for part in parts if part.is_default), None)
    if default is None:
        raise PartitionError(f"{table} has no default part: CREATE TABLE {table}_default PARTITION OF {table} DEFAULT.")
    highest = _highest(using, default.name)
    if highest is None:
        return None
    first = _end(parts)
    # Rows come in all the while, so it has to hold what is made until the parts have changed places.
    end = max(Month.not_reached(clock.now(using)), Month.of(time_of(highest)).plus(1))
    if (lowest := _lowest(using, default.name)) is not None and lowest < first.first_id:
        raise PartitionError(
            f"{default.name} has rows of before {first}, such as {lowest}: they belong to no month that is there. Remove them,"
            " or make a part for them."
        )

    def change_places() -> Added | None:
        if _end(catalogue.parts_of(using, table)) != first:
            return None  # somebody else was quicker
        name = f"{table}_{first.in_names}"
        if end > first.plus(1):
            name += f"_to_{end.plus(-1).in_names}"
        execute(
            using,
            f'ALTER TABLE "{table}" DETACH PARTITION "{default.name}"',
            f'ALTER TABLE "{default.name}" RENAME TO "{name}"',
        )
        _attach(using, table, name, first, end)
        execute(using, f'ALTER TABLE "{name}" DROP CONSTRAINT {BOUND}')
        make_default(using, table)
        return Added(table, first, end)

    with bounded(using, default.name, f"id >= '{first.first_id}' AND id < '{end.first_id}'", patience):
        return briefly(using, table, change_places, patience, mode="ACCESS EXCLUSIVE")


def _highest(using: str, name: str) -> str | None:
    return _edge(using, name, "DESC")


def _lowest(using: str, name: str) -> str | None:
    return _edge(using, name, "ASC")


def _edge(using: str, name: str, order: str) -> str | None:
    found = fetch(using, f'SELECT id::text FROM "{name}" ORDER BY id {order} LIMIT 1')  # noqa: S608
    return found[0][0] if found else None
