"""The site's settings and the checks that look at them."""

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from workflow_engine import checks, conf
from workflow_engine.rest.limits import Limits, limits


def messages(settings: Any, **given: Any) -> list[tuple[str | None, str]]:
    settings.WORKFLOW_ENGINE = given
    return [(found.id, f"{found.msg} {found.hint}") for found in checks.check_settings(None)]


def test_defaults_and_overrides(settings: Any) -> None:
    assert conf.current().history_level == "full"
    settings.WORKFLOW_ENGINE = {"HISTORY_LEVEL": "audit", "DEFAULT_RETRIES": 5, "MAX_LOCK_DURATION": timedelta(hours=1)}
    assert (conf.current().history_level, conf.current().default_retries) == ("audit", 5)
    settings.WORKFLOW_ENGINE["DEFAULT_RETRIES"] = 7
    assert conf.current().default_retries == 7


@pytest.mark.parametrize(("declared", "unique"), [(False, False), (True, True), (["order"], True), ({"other"}, False)])
def test_unique_business_keys(settings: Any, declared: Any, unique: bool) -> None:
    settings.WORKFLOW_ENGINE = {"UNIQUE_BUSINESS_KEYS": declared}
    assert conf.has_unique_business_keys("order") is unique


def test_good_settings_have_no_messages(settings: Any) -> None:
    good = {
        "HISTORY_LEVEL": "none", "DEFAULT_RETRY_CYCLE": "R3/PT1M", "UNIQUE_BUSINESS_KEYS": ["a"], "HISTORY_TIME_TO_LIVE": 5,
        "JOB_LOCK_DURATION": timedelta(minutes=1), "SCRIPTS_ENABLED": True, "REST": {},
    }  # fmt: skip
    assert messages(settings, **good) == []


def test_an_unknown_setting_names_its_neighbour(settings: Any) -> None:
    ((identifier, text),) = messages(settings, HISTORY_LEVL="full")
    assert identifier == "workflow_engine.E001"
    assert "'HISTORY_LEVEL'" in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("HISTORY_LEVEL", "everything"),
        ("UNCAUGHT_BPMN_ERROR", None),
        ("DEFAULT_RETRIES", "3"),
        ("DEFAULT_RETRIES", -1),
        ("MAX_LOCK_DURATION", 3600),
        ("MAX_LOCK_DURATION", timedelta()),
        ("SCRIPTS_ENABLED", 1),
        ("UNIQUE_BUSINESS_KEYS", "order"),
        ("DEFAULT_RETRY_CYCLE", 3),
        ("HISTORY_TIME_TO_LIVE", "P5D"),
        ("RETRY_JITTER", 2),
        ("RETRY_JITTER", True),
        ("METRICS_INTERVAL", timedelta()),
    ],
)
def test_wrong_values_are_told(settings: Any, key: str, value: Any) -> None:
    ((identifier, text),) = messages(settings, **{key: value})
    assert identifier == "workflow_engine.E002"
    assert key in text


def test_time_zones_are_needed(settings: Any) -> None:
    settings.USE_TZ = False
    assert [found.id for found in checks.check_settings(None)] == ["workflow_engine.E003"]


def test_sqlite_must_be_set_up_for_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connections

    connection = connections["default"]
    monkeypatch.setattr(type(connection), "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert [found.id for found in checks.check_databases(None)] == ["workflow_engine.W001", "workflow_engine.W002"]
    good = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode = WAL;"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", good)
    assert checks.check_databases(None) == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("MAX_MODEL_SIZE", 0, "at least 1"),
        ("MAX_MODEL_DEPTH", 201, "at most 200"),
        ("MAX_FLOW_ELEMENTS", True, "whole number"),
        ("MAX_INSTANCE_SIZE", "64 MiB", "whole number"),
        ("MAX_VARIABLE_SIZE", -1, "at least 1"),
        ("IDEMPOTENCY_KEY_LIFETIME", 24, "timedelta"),
        ("IDEMPOTENCY_KEY_LIFETIME", timedelta(), "positive"),
        ("REST", 5, "dictionary"),
        ("REST", {"max_body_byte": 5}, "'max_body_bytes'"),
        ("REST", {"nope": 5}, "no limit"),
        ("REST", {5: 5}, "no limit"),
        ("REST", {"max_page_size": 0}, "at least 1"),
        ("REST", {"max_page_size": 1.5}, "whole number"),
        ("REST", {"max_nesting": 10_000}, "at most 200"),
    ],
)
def test_wrong_limits_are_told(settings: Any, key: str, value: Any, told: str) -> None:
    ((identifier, text),) = messages(settings, **{key: value})
    assert identifier == "workflow_engine.E002"
    assert key in text
    assert told in text


def test_every_setting_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"`([A-Za-z_]+)`", text))
    assert {f.name.upper() for f in fields(conf.EngineSettings)} <= documented
    assert {f.name for f in fields(Limits)} <= documented


def test_the_rest_limits_are_taken_from_the_settings(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {
        "MAX_VARIABLE_SIZE": 5,
        "MAX_LOCK_DURATION": timedelta(seconds=2),
        "REST": {"max_page_size": 7},
    }
    found = limits()
    assert (found.max_variable_bytes, found.max_lock_milliseconds, found.max_page_size) == (5, 2000, 7)
    assert found.max_nesting == 100
