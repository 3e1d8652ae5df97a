"""History that is split by month. SQLite has no such thing; what it says to that stands in tests/integration/test_no_partitions.py."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.rest.conftest import _no_remembered_credentials, api, superuser  # noqa: F401 - fixtures
from workflow_engine import clock, ids
from workflow_engine.services import partitions
from workflow_engine.services.partitions.catalogue import fetch

collect_ignore_glob = ["test_*.py"] if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite" else []

Manage = Callable[..., str]
SHAPE = (
    "SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = %s::regclass"
    " UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
    " UNION ALL SELECT 'column', attname, format_type(atttypid, atttypmod) || attnotnull FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2"
)


def shape() -> dict[str, Any]:
    """What migrations know of the tables: it must be the same split, not split, and again not split."""
    return {table: fetch("default", SHAPE, [table, table, table]) for table in partitions.tables()}


@pytest.fixture
def whole(transactional_db: None, fresh_process: None) -> Iterator[None]:
    """Tables that are split by the test are one again afterwards."""
    before = shape()
    yield
    partitions.disable("default", tell=lambda text: None)
    assert shape() == before
    assert not connection.in_atomic_block


@pytest.fixture
def manage(whole: None) -> Manage:
    """What `manage.py workflow_partitions ...` prints."""

    def run(*arguments: str) -> str:
        output = StringIO()
        call_command("workflow_partitions", *arguments, stdout=output)
        return output.getvalue()

    return run


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Moves everybody's clock on by days: the database's, and that of the ids."""
    real, days = ids.time.time_ns, 0

    def move(more: int) -> None:
        nonlocal days
        days += more
        clock.travel(timedelta(days=more))

    monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: real() + days * 86_400 * 10**9))
    # Ids never go back: what has given out those of next year must not give out those of the next test.
    monkeypatch.setattr(ids, "_generator", ids._Generator())
    yield move
    clock.reset()


def parts(table: str) -> list[partitions.Part]:
    return partitions.parts_of("default", table)
