"""Connections that belong to nobody's request: opened for the thread that asks, outside any pool, in autocommit."""

from __future__ import annotations

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from workflow_engine import conf

NAME = "workflow-courier"


def connect(alias: str) -> BaseDatabaseWrapper:
    """To the database that NOTIFICATION_DATABASE names, which may lead past a pooler; else to the given one."""
    connection = connections.create_connection(conf.current().notification_database or alias)
    options = {**connection.settings_dict.get("OPTIONS", {})}
    options.pop("pool", None)
    if connection.vendor == "postgresql":
        # So that pg_stat_activity tells it from the connections of requests.
        options.setdefault("application_name", NAME)
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}
    connection.ensure_connection()
    return connection
