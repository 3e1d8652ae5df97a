"""The tree of an expression. Chains are flat: a condition of a hundred `||` is one node, not a hundred levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Identifier:
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """`now()`, `ns:fn(a, b)`."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`!`, `-` or `empty`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one precedence, from left to right: first, then (operator, operand) pairs."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """`a ? b : c ? d : e` as pairs (condition, value) and the last value."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Property:
    """`.name`"""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`[key]`"""

    key: Node


@dataclass(frozen=True, slots=True)
class Call:
    """`.name(args)` or `[key](args)`; `target` is the source text before it, for the message when that is null."""

    name: str | Node
    args: tuple[Node, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Path:
    """A value and the steps from it."""

    base: Node
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """Text with expressions in it; its value is always a text."""

    parts: tuple[Node, ...]


Step = Property | Index | Call
Node = Literal | Identifier | Function | Unary | Chain | Choice | Path | Composite
