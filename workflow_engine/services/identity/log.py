"""Entries of the user operation log about users, groups, tenants and authorizations."""

from __future__ import annotations

from typing import Any

from workflow_engine.services import operation_log
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def log(operation: str, entity: str, user: Any, *, category: str = operation_log.ADMIN, **properties: Any) -> None:
    """One entry for each property, in the current transaction."""
    entries = [
        operation_log.Entry(
            operation_type=operation, entity_type=entity, property=name, new_value=value, category=category
        )
        for name, value in properties.items()
        if value is not None
    ]
    operation_log.write(entries, name_of(user), database.alias())
