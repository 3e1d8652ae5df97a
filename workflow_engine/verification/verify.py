"""All checks over a whole database, piece by piece: memory is bounded by the instances of one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from workflow_engine import conf, models
from workflow_engine.store import database
from workflow_engine.verification import ends, folding, once, sequences, standalone_tasks, tree
from workflow_engine.verification.pictures import pictures
from workflow_engine.verification.violation import Violation

Progress = Callable[[str, int], None]  # what is looked at, and how many instances so far
PIECE = 100
LOOKS = 3
CHECKS = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8")


def verify(
    *, checks: Iterable[str] = CHECKS, using: str | None = None, progress: Progress = lambda what, count: None
) -> Iterator[Violation]:
    """Every violation that shows in several looks: a site at work changes between two statements, a violation stays."""
    alias = database.alias(using)
    wanted = set(checks)
    yield from _live_instances(alias, wanted, progress)
    yield from _roots(alias, wanted, progress)
    if "I1" in wanted and conf.current().history_level != "none":
        progress("ends", 0)
        yield from _whole(partial(ends.check, alias))
    yield from _standalone_tasks(alias, wanted, progress)
    for name, check in once.CHECKS.items():
        if name in wanted:
            progress(name, 0)
            yield from _whole(partial(check, alias))


def _standalone_tasks(using: str, wanted: set[str], progress: Progress) -> Iterator[Violation]:
    progress("standalone tasks", 0)
    if "I1" in wanted:
        yield from _whole(partial(standalone_tasks.outliving, using))
    if "I3" in wanted and conf.current().history_level != "none":
        yield from _whole(partial(standalone_tasks.history, using))


def _whole(check: Callable[[], Iterable[Violation]]) -> list[Violation]:
    return _lasting(list(check()), lambda found: check())


def _live_instances(using: str, wanted: set[str], progress: Progress) -> Iterator[Violation]:
    if not wanted & {"I1", "I2", "I3"}:
        return
    instances = models.Execution.objects.using(using).process_instances().order_by("pk")

    def look(instance_ids: Iterable[str]) -> Iterator[Violation]:
        found = pictures(instance_ids, using)
        for picture in found:
            yield from tree.check(picture)
        if conf.current().history_level == "full":
            yield from folding.check(found, using)

    yield from _in_pieces("live instances", instances, look, wanted, progress)


def _roots(using: str, wanted: set[str], progress: Progress) -> Iterator[Violation]:
    if "I3" not in wanted:
        return
    roots = models.HistoricProcessInstance.objects.using(using).roots().order_by("pk")
    yield from _in_pieces("histories", roots, lambda root_ids: sequences.check(list(root_ids), using), wanted, progress)


def _in_pieces(
    what: str,
    rows: Any,
    look: Callable[[Iterable[str]], Iterable[Violation]],
    wanted: set[str],
    progress: Progress,
) -> Iterator[Violation]:
    count = 0
    keys = rows.values_list("pk", flat=True).iterator(chunk_size=PIECE)

    def again(found: list[Violation]) -> Iterable[Violation]:
        return look(sorted({one.process_instance_id for one in found if one.process_instance_id}))

    while known := [str(pk) for pk in islice(keys, PIECE)]:
        yield from _lasting([one for one in look(known) if one.invariant in wanted], again)
        count += len(known)
        progress(what, count)


def _lasting(found: list[Violation], again: Callable[[list[Violation]], Iterable[Violation]]) -> list[Violation]:
    """Those of `found` that every other look, at no more than they are about, finds too."""
    for _ in range(LOOKS - 1):
        if not found:
            break
        seen = set(again(found))
        found = [one for one in found if one in seen]
    return found
