"""The site around the engine: what it refuses, and the demo user."""

import subprocess
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from project.databases import database_from_url


def test_no_secret_key_is_refused(site_environment: dict[str, str], manage: list[str]) -> None:
    environment = {**site_environment, "DEMO": "0"}
    environment.pop("SECRET_KEY")
    done = subprocess.run([*manage, "check"], env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


@pytest.mark.django_db
def test_demo_user_is_made_once_and_mended(settings) -> None:
    settings.DEMO = True
    call_command("demo_user", stdout=StringIO())
    user = get_user_model().objects.get(username="demo")
    assert user.check_password("demo")
    assert user.is_superuser
    assert user.is_staff
    get_user_model().objects.update(is_superuser=False)
    call_command("demo_user", stdout=StringIO())
    assert get_user_model().objects.get(username="demo").is_superuser


@pytest.mark.django_db
def test_demo_user_only_in_the_demo(settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="set DEMO=1"):
        call_command("demo_user")
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
def test_sqlite_runs_in_wal_with_immediate_transactions() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgres_connections_stay_open_and_are_checked() -> None:
    database = database_from_url("postgresql://somebody:secret@db.example/site")
    assert database["CONN_MAX_AGE"] is None
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["HOST"] == "db.example"
