"""System checks: whether news of work can travel from process to process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, router

from workflow_engine import conf

# Where pgbouncer listens by itself.
POOLER_PORT = "6432"


@register(Tags.compatibility)
def check_notifications(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Reads the settings only. Whether notifications arrive is proven, and told in the log, when a process connects."""
    from workflow_engine.models import Execution

    settings = conf.current()
    named = settings.notification_database
    if named is not None and named not in connections:
        return [
            Error(
                f"{conf.SETTING}['NOTIFICATION_DATABASE'] is {named!r}, which is not in DATABASES.",
                id="workflow_engine.E010",
            )
        ]
    connection = connections[named or router.db_for_write(Execution)]
    if not settings.notifications or connection.vendor != "postgresql":
        return []
    # What Django's documentation asks for behind a pooler in transaction mode.
    is_pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    if not is_pooled and str(connection.settings_dict.get("PORT")) != POOLER_PORT:
        return []
    return [
        Warning(
            f"The database {connection.alias!r} seems to be behind a connection pooler in transaction mode, which keeps"
            " notifications from arriving: processes in which long polls wait look for work of others every"
            f" {settings.look_interval.total_seconds() * 1000:.0f} ms instead.",
            hint=f"Name a database that leads past the pooler in {conf.SETTING}['NOTIFICATION_DATABASE'], or set"
            f" {conf.SETTING}['NOTIFICATIONS'] = False.",
            id="workflow_engine.W010",
        )
    ]
