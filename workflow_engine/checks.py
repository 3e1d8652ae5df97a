"""System checks: mistakes in the settings, and databases that the engine's promises cannot be kept on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, router

from workflow_engine import conf, scripting
from workflow_engine.rest.limits import Limits
from workflow_engine.services.history_cleanup import window

KNOWN = [f.name.upper() for f in fields(conf.EngineSettings)]
CHOICES = {"HISTORY_LEVEL": conf.HISTORY_LEVELS, "UNCAUGHT_BPMN_ERROR": conf.UNCAUGHT_BPMN_ERROR}
AT_LEAST_ONE = ("BATCH_JOBS_PER_SEED", "INVOCATIONS_PER_BATCH_JOB")
# What Python's own stack, the JSON parser and the types of the columns still bear.
GREATEST = {
    "BATCH_JOBS_PER_SEED": 10_000,
    "HISTORY_CLEANUP_BATCH_SIZE": 500,
    "INVOCATIONS_PER_BATCH_JOB": 1_000,
    "MAX_MODEL_DEPTH": 200,
    "max_nesting": 200,
    "max_lock_milliseconds": 2**53,
    "max_wait_milliseconds": 2**31 - 1,
}


@register()
def check_settings(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    given = getattr(settings, conf.SETTING, {})
    if not isinstance(given, Mapping):
        return [Error(f"{conf.SETTING} must be a dictionary, not {type(given).__name__}.", id="workflow_engine.E002")]
    found: list[CheckMessage] = [_unknown(key) for key in given if key not in KNOWN]
    for key, value in given.items():
        if key in KNOWN and (problem := _problem(key, value)):
            found.append(Error(f"{conf.SETTING}[{key!r}] is {value!r}: {problem}.", id="workflow_engine.E002"))
    if not settings.USE_TZ:
        found.append(
            Error(
                "USE_TZ is False: due dates and locks would depend on the server's time zone.",
                hint="Set USE_TZ = True.",
                id="workflow_engine.E003",
            )
        )
    return found


def _unknown(key: Any) -> CheckMessage:
    near = get_close_matches(str(key).upper(), KNOWN, n=1)
    return Error(
        f"{conf.SETTING}[{key!r}] is not a setting of the workflow engine.",
        hint=f"Did you mean {near[0]!r}?" if near else f"The settings are {', '.join(KNOWN)}.",
        id="workflow_engine.E001",
    )


def _problem(key: str, value: Any) -> str | None:
    """What is wrong with the value, or None."""
    if key in CHOICES:
        return None if value in CHOICES[key] else f"it must be one of {', '.join(map(repr, CHOICES[key]))}"
    default = getattr(conf.EngineSettings(), key.lower())
    if isinstance(default, bool):
        if key == "UNIQUE_BUSINESS_KEYS" and not isinstance(value, (bool, str)):
            return None if all(isinstance(item, str) for item in value) else "it must be True, False or definition keys"
        return None if isinstance(value, bool) else "it must be True or False"
    if isinstance(default, int):
        least = 1 if key.startswith("MAX_") or key.endswith("_BATCH_SIZE") or key in AT_LEAST_ONE else 0
        return _number_problem(value, least=least, greatest=GREATEST.get(key))
    if isinstance(default, float):
        return None if type(value) in (int, float) and 0 <= value <= 1 else "it must be a number from 0 to 1"
    if isinstance(default, timedelta):
        is_off = value is None and key == "METRICS_INTERVAL"
        is_good = is_off or (isinstance(value, timedelta) and value > timedelta())
        return None if is_good else "it must be a positive timedelta"
    if key == "MAX_DELIVERIES":
        return None if value is None else _number_problem(value, least=1, greatest=None)
    if key == "MAX_DELIVERIES_BY_TOPIC":
        return _deliveries_problem(value)
    if key == "DEFAULT_RETRY_CYCLE":
        return None if value is None or isinstance(value, str) else "it must be a text such as 'R5/PT1M', or None"
    if key == "HISTORY_CLEANUP_WINDOW":
        return window.problem(value)
    if key in ("HISTORY_TIME_TO_LIVE", "TASK_METRICS_TIME_TO_LIVE", "BATCH_HISTORY_TIME_TO_LIVE"):
        return None if value is None or (type(value) is int and value >= 0) else "it must be a number of days, or None"
    return _rest_problem(value) if key == "REST" else None


def _number_problem(value: Any, *, least: int, greatest: int | None) -> str | None:
    if type(value) is not int or value < least:
        return f"it must be a whole number of at least {least}"
    return f"it must be at most {greatest}" if greatest is not None and value > greatest else None


def _deliveries_problem(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "it must be a dictionary of numbers by topic"
    for topic, limit in value.items():
        if not isinstance(topic, str):
            return f"the topic {topic!r} must be a text"
        if limit is not None and (problem := _number_problem(limit, least=1, greatest=None)):
            return f"for topic {topic!r} {problem}, or None"
    return None


def _rest_problem(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "it must be a dictionary of limits"
    known = [f.name for f in fields(Limits)]
    for key, limit in value.items():
        if key not in known:
            near = get_close_matches(str(key).lower(), known, n=1) or known
            return f"{key!r} is no limit of the REST API; did you mean {near[0]!r}?"
        if problem := _number_problem(limit, least=1, greatest=GREATEST.get(key)):
            return f"{key!r} is {limit!r}, {problem}"
    return None


@register(Tags.security)
def check_scripts(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Reminds of what was switched on, and of what it needs."""
    if not conf.current().scripts_enabled:
        return []
    found: list[CheckMessage] = [
        Warning(
            f"{conf.SETTING}['SCRIPTS_ENABLED'] is on: whoever may deploy a model makes the server compute for it,"
            " up to SCRIPT_TIME_LIMIT and SCRIPT_MEMORY_LIMIT for each script.",
            hint="Leave it on if you trust those who deploy, and silence this check with SILENCED_SYSTEM_CHECKS.",
            id="workflow_engine.W003",
        )
    ]
    if not scripting.is_available():
        found.append(
            Warning(
                f"{conf.SETTING}['SCRIPTS_ENABLED'] is on, but there is no JavaScript engine: every script will fail.",
                hint="pip install 'django-workflow-engine-bpmn[js]'",
                id="workflow_engine.W004",
            )
        )
    return found


@register(Tags.compatibility)
def check_databases(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Reads the settings only, so that it needs no database."""
    from workflow_engine.models import Execution

    connection = connections[router.db_for_write(Execution)]
    if connection.vendor != "sqlite":
        return []
    found: list[CheckMessage] = []
    given = connection.settings_dict.get("OPTIONS", {})
    if str(given.get("transaction_mode", "")).upper() not in ("IMMEDIATE", "EXCLUSIVE"):
        found.append(
            Warning(
                f"The SQLite database {connection.alias!r} does not begin its transactions with BEGIN IMMEDIATE:"
                " concurrent requests will fail with 'database is locked'.",
                hint="Add OPTIONS = {'transaction_mode': 'IMMEDIATE', 'timeout': 20}.",
                id="workflow_engine.W001",
            )
        )
    if "journal_mode=wal" not in str(given.get("init_command", "")).lower().replace(" ", ""):
        found.append(
            Warning(
                f"The SQLite database {connection.alias!r} is not set to write-ahead logging: readers and the writer block each other.",
                hint="Add OPTIONS = {'init_command': 'PRAGMA journal_mode=WAL;'}.",
                id="workflow_engine.W002",
            )
        )
    return found


@register(Tags.compatibility, deploy=True)
def check_costs(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """What makes every request on PostgreSQL dear, and is easily forgotten on the way to production."""
    from workflow_engine.models import Execution

    connection = connections[router.db_for_write(Execution)]
    if connection.vendor != "postgresql":
        return []
    found: list[CheckMessage] = []
    given = connection.settings_dict
    if given.get("CONN_MAX_AGE") == 0 and not given.get("OPTIONS", {}).get("pool"):
        found.append(
            Warning(
                f"The database {connection.alias!r} is connected to anew for every request, which costs more than the request.",
                hint="Set CONN_MAX_AGE to None (and CONN_HEALTH_CHECKS to True), or OPTIONS = {'pool': True}.",
                id="workflow_engine.W005",
            )
        )
    if settings.DEBUG:
        found.append(
            Warning(
                "DEBUG is on: Django keeps every statement, with all parameters, in memory.",
                hint="Set DEBUG to False where the engine has work to do.",
                id="workflow_engine.W006",
            )
        )
    return found
