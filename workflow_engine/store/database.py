"""Which database holds the engine's rows, and the dialect that it speaks."""

from __future__ import annotations

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from workflow_engine.models import Execution
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.postgresql import PostgreSQL
from workflow_engine.store.sqlite import SQLite

DIALECTS: dict[str, type[Dialect]] = {"postgresql": PostgreSQL, "sqlite": SQLite}


def alias(using: str | None = None) -> str:
    """The given database, else the one that the site's routers name."""
    return using or router.db_for_write(Execution)


def dialect(using: str | None = None) -> Dialect:
    return dialect_of(connections[alias(using)])


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """For a connection that its owner has opened beside the thread's own."""
    kind = DIALECTS.get(connection.vendor)
    if kind is None:
        raise NotImplementedError(f"The workflow engine runs on PostgreSQL and SQLite, not on {connection.vendor}.")
    return kind(connection)
