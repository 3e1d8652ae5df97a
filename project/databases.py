"""Turns a database URL into Django's DATABASES entry, with the options that the engine counts on."""

from typing import Any, cast

import dj_database_url

# The IMMEDIATE transaction is SQLite's stand-in for row locks; WAL lets readers go on while one writes.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}


def database_from_url(url: str) -> dict[str, Any]:
    """Connections stay open: a new one for each request would cost more than the request itself."""
    database = cast("dict[str, Any]", dj_database_url.parse(url, conn_max_age=None))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {**database.get("OPTIONS", {}), **SQLITE_OPTIONS}
    else:
        # A server may have been restarted since the last request; SQLite's file cannot.
        database["CONN_HEALTH_CHECKS"] = True
    return database
