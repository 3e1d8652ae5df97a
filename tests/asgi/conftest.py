"""A site under a real ASGI server on the test's database."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.asgi.site import LOGIN, AsgiSite
from tests.rest.conftest import external_task_process
from workflow_engine.services import repository

# Notifications, and the rows that PostgreSQL keeps about its connections.
collect_ignore = [] if os.environ.get("TEST_DATABASE") == "postgres" else ["test_on_postgresql.py"]

Serve = Callable[..., AsgiSite]


@pytest.fixture
def serve(site_environment: dict[str, str]) -> Iterator[Serve]:
    """Starts the server: `serve(workers=2, LOOK_INTERVAL=3600)`; the process "polled" has one task of the topic "polled"."""
    started: list[AsgiSite] = []
    get_user_model().objects.create_superuser(LOGIN[0], password=LOGIN[1])
    repository.deploy(resources={"polled.bpmn": external_task_process("polled", "polled").encode()}, name="polled")

    def start(*, workers: int = 2, environment: dict[str, str] | None = None, **engine: Any) -> AsgiSite:
        site = AsgiSite({**site_environment, **(environment or {})}, workers, **engine)
        started.append(site)
        site.watched()
        return site

    yield start
    for site in started:
        site.stop()
