"""Where nothing can be split by month, or has been."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from workflow_engine.services import partitions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "arguments", [("enable",), ("add",), ("drop", "--older-than", "2024-01"), ("disable",), ("list",)]
)
def test_what_the_command_says(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor == "sqlite":
        with pytest.raises(
            CommandError, match="Only PostgreSQL splits tables by month; the database 'default' is sqlite"
        ):
            call_command("workflow_partitions", *arguments)
    elif arguments[0] in ("add", "drop"):
        with pytest.raises(CommandError, match="run `workflow_partitions enable` first"):
            call_command("workflow_partitions", *arguments)
    elif arguments[0] == "list":
        call_command("workflow_partitions", *arguments)
        assert "workflow_engine_historic_detail: one table\n" in capsys.readouterr().out


def test_a_sweeper_finds_nothing_to_do() -> None:
    assert partitions.keep_ahead("default") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("drop", "--older-than", "last year"), "--older-than last year: it must be a month such as 2026-03"),
        (("add", "--months", "121"), "--months must be between 0 and 120"),
        (("add", "--lock-timeout", "0"), "--lock-timeout must be above 0"),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...], told: str) -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(CommandError, match=told):
            call_command("workflow_partitions", *arguments)
