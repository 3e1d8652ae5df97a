"""What the tables say of an operation beyond what its address and its view tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from workflow_engine.rest.description import resources

FILE, PLAIN, NOTHING = "file", "plain", None
_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answers`: the type of each status that is no refusal; None: without content. `errors`: refusals beyond the usual.

    `also_as`: media types in which the answer may be asked for instead of JSON.
    """

    answers: Mapping[int, str | None] = field(default_factory=lambda: {204: NOTHING})
    body: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    summary: str = ""
    also_as: tuple[str, ...] = ()


def answers(
    kind: str, *, query: Mapping[str, str] | None = None, body: str | None = None, summary: str = ""
) -> Operation:
    return Operation(answers={200: kind}, query=query or {}, body=body, summary=summary)


def takes(body: str | None, summary: str = "") -> Operation:
    """Answers with no content."""
    return Operation(body=body, summary=summary)


def text() -> Operation:
    """A plain text, or no content."""
    return Operation(answers={200: PLAIN, 204: NOTHING})


def download() -> Operation:
    return Operation(answers={200: FILE})


def _modules() -> list[ModuleType]:
    names = sorted(module.name for module in iter_modules(resources.__path__))
    return [import_module(f"{resources.__name__}.{name}") for name in names]


def anonymous(path: str) -> str:
    """A path whose parameters have no names: "/task/{}/claim"."""
    return _PARAMETER.sub("{}", path)


def declared_operations() -> dict[tuple[str, str], Operation]:
    """By method and anonymous path."""
    found: dict[tuple[str, str], Operation] = {}
    for module in _modules():
        for key, operation in module.OPERATIONS.items():
            method, path = key.split(" ")
            if (method, anonymous(path)) in found:
                raise ValueError(f"{key} is declared twice.")
            found[method, anonymous(path)] = operation
    return found


def declared_lists() -> dict[str, str]:
    """By anonymous path, the type of one row."""
    return {anonymous(path): kind for module in _modules() for path, kind in getattr(module, "LISTS", {}).items()}
