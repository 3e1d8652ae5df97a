"""Makes a model that breaks an invariant smaller, as long as some path still breaks the same one."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.conformance.blocks import Block
from tests.conformance.models import Model
from tests.conformance.walk import Violation, Walk

PATHS = 12
Change = Callable[[], object]
Attempt = Callable[[Model, int, int], Violation | None]


def shrink(
    model_seed: int, path_seed: int, violation: Violation, attempt: Attempt | None = None
) -> tuple[Model, int, Violation]:
    kind = _kind(violation)
    attempt = attempt or _violation
    model, path = Walk(model_seed, path_seed).chosen, path_seed
    was_changed = True
    while was_changed:
        was_changed = False
        for number in range(len(list(_changes(model)))):
            smaller = copy.deepcopy(Model(model.processes))
            changes = list(_changes(smaller))
            if number >= len(changes):
                break
            changes[number]()
            for candidate in (path, *range(PATHS)):
                found = attempt(smaller, model_seed, candidate)
                if found is not None and _kind(found) == kind:
                    model, path, violation, was_changed = smaller, candidate, found, True
                    break
    return model, path, violation


def _kind(violation: Violation) -> str:
    """What is wrong, without ids and numbers."""
    return re.sub(r"['\"].*|\d", "", str(violation).splitlines()[0])[:60]


def _violation(model: Model, model_seed: int, path_seed: int) -> Violation | None:
    try:
        Walk(model_seed, path_seed, model=Model(model.processes)).run()
    except Violation as violation:
        return violation
    except Exception:
        return None  # no longer a model that can be deployed
    return None


def _changes(model: Model) -> Iterator[Change]:
    """Everything that could be left out, the large before the small."""
    if len(model.processes) > 1:
        yield lambda: model.processes.pop()
    for process in model.processes:
        yield from _changes_of_steps(process.steps)
        yield from _removals(process.event_sub_processes)
        for event in process.event_sub_processes:
            yield from _changes_of_steps(event.steps)


def _changes_of_steps(steps: list[Block]) -> Iterator[Change]:
    yield from _removals(steps)
    for position, block in enumerate(steps):
        for branch in block.branches:
            yield lambda position=position, branch=branch: steps.__setitem__(slice(position, position + 1), branch)
    for block in steps:
        yield from _changes_of_block(block)


def _changes_of_block(block: Block) -> Iterator[Change]:
    yield from _removals(block.boundary, but="cancel")
    yield from _removals(block.event_sub_processes)
    if block.kind in ("exclusive", "inclusive", "parallel", "events") and len(block.branches) > 2:
        for position in range(len(block.branches) - 1):
            yield lambda position=position: _drop_branch(block, position)
    for name in ("undo", "repetition"):
        if getattr(block, name) is not None:
            yield lambda name=name: setattr(block, name, None)
    for names in (("asyncBefore",), ("asyncAfter",), ("exclusive",), ("output",), ("input", "output"), ("outputs",)):
        if names[0] in block.options:
            yield lambda names=names: [block.options.pop(name, None) for name in names]
    inside = [*block.branches, *(event.steps for event in block.events)]
    inside += [] if block.undo is None else block.undo.branches
    for steps in inside:
        yield from _changes_of_steps(steps)


def _drop_branch(block: Block, position: int) -> None:
    for parts in (block.branches, block.conditions, block.triggers):
        if parts:
            parts.pop(position)


def _removals(items: list[Any], but: str = "") -> Iterator[Change]:
    for position, item in enumerate(items):
        if item.kind != but:
            yield lambda position=position: items.pop(position)
