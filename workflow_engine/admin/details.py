"""What a page is made of: facts about one row, and sections of other rows. Values only; the templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line. `kind`: "text", "id", "time", "badge" or "pre"."""

    label: Text
    value: Any
    kind: str = "text"
    address: str | None = None
    badge: str = ""  # the colour, for kind "badge"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a page with a template of its own. `rows` is what it counts."""

    name: str  # the anchor
    title: Text
    template: str
    rows: list[Any] = field(default_factory=list)
    more: str | None = None  # the address of the whole list, where only its beginning is shown
    context: Mapping[str, Any] = field(default_factory=dict)
    is_shown_empty: bool = False


def fields(row: Any, names: Iterable[str], **kinds: str) -> list[Fact]:
    """Facts with the labels of the model's fields; empty ones are left out."""
    found = []
    for name in names:
        model_field = row._meta.get_field(name)
        display = getattr(row, f"get_{name}_display", None)
        value = display() if callable(display) else getattr(row, model_field.attname)
        if value is None or value == "":
            continue
        kind = kinds.get(name) or _KINDS.get(model_field.get_internal_type(), "text")
        found.append(Fact(label=model_field.verbose_name, value=value, kind=kind))
    return found


_KINDS = {"DateTimeField": "time", "UUIDField": "id"}
