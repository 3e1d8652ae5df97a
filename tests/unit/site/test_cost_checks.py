"""System checks before production: what makes every request on PostgreSQL dear."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connections

from workflow_engine.checks import check_costs

COSTS = ["workflow_engine.W005", "workflow_engine.W006"]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, Any]:
    """The settings of a database that says of itself that it is PostgreSQL."""
    settings.DEBUG = False
    connection = connections["default"]
    monkeypatch.setattr(type(connection), "vendor", "postgresql")
    given = {"CONN_MAX_AGE": None, "OPTIONS": {}}
    for name, value in given.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    return connection.settings_dict


def found() -> list[str | None]:
    return [message.id for message in check_costs(None)]


def test_nothing_to_say(database: dict[str, Any]) -> None:
    assert found() == []


def test_a_connection_for_every_request(database: dict[str, Any]) -> None:
    database["CONN_MAX_AGE"] = 0
    assert found() == COSTS[:1]
    database["OPTIONS"] = {"pool": True}
    assert found() == []


def test_debug(database: dict[str, Any], settings: Any) -> None:
    settings.DEBUG = True
    assert found() == COSTS[1:]


def test_only_before_production(database: dict[str, Any]) -> None:
    database["CONN_MAX_AGE"] = 0
    told = {message.id for message in run_checks()}
    assert not told & set(COSTS)
    told = {message.id for message in run_checks(include_deployment_checks=True)}
    assert COSTS[0] in told


def test_sqlite_has_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connections["default"]
    monkeypatch.setattr(type(connection), "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    assert found() == []
