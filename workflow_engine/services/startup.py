"""What a process tells of itself in its first log record."""

from __future__ import annotations

import logging
import platform
from typing import Any

import django
from django.db import connections

import workflow_engine
from workflow_engine import conf, logs, tracing
from workflow_engine.store import database

logger = logging.getLogger("workflow_engine.startup")


def facts() -> dict[str, Any]:
    """Nothing of an address, a name or a password: which software it is, and what a reader of its logs has to know."""
    return {
        "version": workflow_engine.__version__,
        "django": django.get_version(),
        "python": platform.python_version(),
        "database": connections[database.alias()].vendor,
        "history_level": conf.current().history_level,
        "tracing": tracing.is_on(),
    }


def log_server() -> None:
    """A web server's process is ready for requests."""
    found = facts()
    sentence = f"Workflow engine {found['version']} is ready for requests ({found['database']})"
    logs.event(logger, logging.INFO, "server_started", sentence, **found)
