"""What must hold after every command, whatever the model and the path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.conformance import compensation_invariants, history_invariants, token_invariants, tree_invariants
from tests.conformance.pictures import Picture
from tests.conformance.sites import WalkSite

Invariant = Callable[[Picture], Iterator[str]]

INVARIANTS: tuple[Invariant, ...] = (
    *tree_invariants.INVARIANTS,
    *history_invariants.INVARIANTS,
    *compensation_invariants.INVARIANTS,
    *token_invariants.INVARIANTS,
)


def broken_invariants(site: WalkSite) -> list[str]:
    """Sentences; none if all is well."""
    picture = Picture(site)
    return [f"{invariant.__name__}: {problem}" for invariant in INVARIANTS for problem in invariant(picture)]
