"""Finding the one row that an address names; 404 where there is none, or none that the caller may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from workflow_engine import ids
from workflow_engine.rest.errors import NotFound
from workflow_engine.services.visibility import visible


def find(rows: Any, row_id: str, what: str) -> Any:
    """A runtime or history row. `what` names the kind: "External task"."""
    row = visible(rows.by_id(row_id)).first()
    if row is None:
        raise missing(what, row_id)
    return row


def find_reference(rows: QuerySet[Any], row_id: str, what: str) -> Any:
    """A row of a table without partition whose id is a UUID."""
    known = ids.canonical(row_id)
    row = visible(rows.filter(pk=known)).first() if known else None
    if row is None:
        raise missing(what, row_id)
    return row


def missing(what: str, row_id: str) -> NotFound:
    return NotFound(f"{what} with id {row_id[:300]} does not exist")


def as_text(row_id: Any) -> str | None:
    """An id as JSON shows it."""
    return None if row_id is None else str(row_id)
