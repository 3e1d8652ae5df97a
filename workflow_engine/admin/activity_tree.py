"""Where an instance stands, as lines of a tree: each scope, and in it what is active or about to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_engine.admin import names
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import runtime


@dataclass(frozen=True, kw_only=True)
class Line:
    """`depth` is how far it is indented, at most five. A transition waits for its job before or after the activity."""

    depth: int
    name: str
    activity_id: str
    kind: str
    row_id: str
    is_transition: bool
    incidents: int


def lines(row: Any) -> list[Line]:
    """Empty if the instance ended while the page was being made."""
    try:
        tree = runtime.activity_instance_tree(str(row.pk))
    except EngineError:
        return []
    found: list[Line] = []
    _collect(tree, 0, found)
    return found


def _collect(node: Any, depth: int, found: list[Line]) -> None:
    found.append(_line(node, depth, is_transition=False))
    for child in node.child_activity_instances:
        _collect(child, depth + 1, found)
    found.extend(_line(child, depth + 1, is_transition=True) for child in node.child_transition_instances)


def _line(node: Any, depth: int, *, is_transition: bool) -> Line:
    name = node.activity_name or names.activity_name(node.process_definition_id, node.activity_id)
    return Line(
        depth=min(depth, 5),
        name=name,
        activity_id=node.activity_id,
        kind=node.activity_type or "",
        row_id=str(node.id),
        is_transition=is_transition,
        incidents=len(node.incidents),
    )
