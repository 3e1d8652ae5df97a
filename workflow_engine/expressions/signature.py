"""The shape of a method on the closed list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Method(NamedTuple):
    """One letter per argument says its Java type (see methods), the function gets the value and the coerced arguments."""

    kinds: str
    function: Callable[..., Any]


Table = Mapping[tuple[str, int], Method]


def table(**functions: tuple[str, Callable[..., Any]]) -> Table:
    """A table by name and number of arguments; `name_2` is a further `name` with other arguments."""
    return {(name.split("_")[0], len(kinds)): Method(kinds, function) for name, (kinds, function) in functions.items()}
