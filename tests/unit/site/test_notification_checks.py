"""System checks: can news of work travel from process to process with these settings?"""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connections

from workflow_engine.wakeup.checks import check_notifications


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that says of itself that it is PostgreSQL behind pgbouncer."""
    connection = connections["default"]
    monkeypatch.setattr(type(connection), "vendor", "postgresql")
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)


def found() -> list[str | None]:
    return [message.id for message in check_notifications(None)]


def test_a_database_that_is_not_there(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"NOTIFICATION_DATABASE": "direct"}
    (error,) = check_notifications(None)
    assert error.id == "workflow_engine.E010"
    assert "'direct', which is not in DATABASES" in error.msg
    assert "workflow_engine.E010" in [message.id for message in run_checks()]


def test_a_database_that_is_there(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"NOTIFICATION_DATABASE": "default"}
    assert found() == []


@pytest.mark.usefixtures("pooled")
def test_a_pooler_by_the_cursors() -> None:
    (warning,) = check_notifications(None)
    assert warning.id == "workflow_engine.W010"
    assert "every 200 ms" in warning.msg
    assert "NOTIFICATION_DATABASE" in str(warning.hint)


@pytest.mark.parametrize("port", ["6432", 6432])
def test_a_pooler_by_its_port(pooled: None, monkeypatch: pytest.MonkeyPatch, port: object) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "DISABLE_SERVER_SIDE_CURSORS", False)
    assert found() == []
    monkeypatch.setitem(connections["default"].settings_dict, "PORT", port)
    assert found() == ["workflow_engine.W010"]


@pytest.mark.usefixtures("pooled")
def test_who_wants_no_notifications_is_not_warned(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"NOTIFICATIONS": False}
    assert found() == []


@pytest.mark.usefixtures("pooled")
def test_sqlite_has_no_pooler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connections["default"]), "vendor", "sqlite")
    assert found() == []
