"""Fixtures for every test; what belongs to one folder stands in that folder's own conftest.py."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.support import fuzzing
from tests.support.databases import sqlite_folder
from workflow_engine import clock
from workflow_engine.services.metrics import reporting
from workflow_engine.store import definitions

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.support.counted", "tests.support.browser", "tests.support.java", "tests.support.node"]


def pytest_configure(config: pytest.Config) -> None:
    sqlite_folder().mkdir(exist_ok=True)
    fuzzing.register()


def pytest_unconfigure(config: pytest.Config) -> None:
    # The workers of pytest-xdist share the folder of the process that started them.
    if not hasattr(config, "workerinput"):
        shutil.rmtree(sqlite_folder(), ignore_errors=True)


@pytest.fixture(scope="session")
def database_kind() -> str:
    """Which database this run is about: "sqlite" or "postgres"."""
    return os.environ.get("TEST_DATABASE", "sqlite")


@pytest.fixture
def site_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which a process started by a test (`manage.py ...`) works on this test's database."""
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        # As the tests' own address, but the name that Django gave the test database of this worker.
        host = database["OPTIONS"].get("host") or database["HOST"]
        user = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        url = f"postgresql://{user}@:{database['PORT']}/{name}?host={host}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "DEMO": "1",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture(scope="session", autouse=True)
def _no_thread_of_metrics() -> Iterator[None]:
    """It would write into the database of whatever test is just running, as soon as one has settings of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting, "_is_started", True)
        yield


@pytest.fixture
def fresh_process() -> Iterator[None]:
    """As if this process had just begun: it knows no definition, and its clock is the database's."""
    definitions.forget_all()
    yield
    clock.reset()
    definitions.forget_all()


@pytest.fixture(scope="session")
def manage() -> list[str]:
    """The beginning of a command line that runs manage.py: [*manage, "workflow_sweeper", "--once"]."""
    return [sys.executable, str(ROOT / "manage.py")]
