"""Statements that the server keeps: prepared once, forgotten in time, and carried out all the same where that cannot be."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.support import small_models as small
from workflow_engine.services import repository, runtime
from workflow_engine.store import prepared

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fresh_process", "_own_connection"),
]


@pytest.fixture
def _own_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(prepared, "_pooled", set())
    connection.close()
    yield
    connection.close()


def kept() -> list[str]:
    """What the server has of us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'wf%%' ORDER BY prepare_time")
        return [statement for (statement,) in cursor.fetchall()]


def value(kind: str, given: Any) -> Any:
    rows, count = prepared.run(connection, f"SELECT %s::{kind}", [given])
    assert count == 1
    return rows[0][0]


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("text", 'it\'s 100 % \\ {"a"} ü', 'it\'s 100 % \\ {"a"} ü'),
        ("text", None, None),
        ("bigint", -(2**63), -(2**63)),
        ("double precision", 1e-300, 1e-300),
        ("boolean", True, True),
        ("bytea", b"\x00\xff'", b"\x00\xff'"),
        ("uuid", UUID(int=7), str(UUID(int=7))),
        ("jsonb", json.dumps({"a": [1, None]}), '{"a": [1, null]}'),
        ("text[]", ["a,b", 'c"d', "e\\f", ""], ["a,b", 'c"d', "e\\f", ""]),
    ],
)
def test_values(kind: str, given: Any, found: Any) -> None:
    assert value(kind, given) == found


def test_times() -> None:
    moment = datetime(2026, 3, 29, 1, 2, 3, 456789, tzinfo=UTC)
    assert value("timestamptz", moment) == moment
    assert value("timestamptz", moment.replace(tzinfo=None)) == moment


def test_marks_and_percent_signs() -> None:
    assert prepared.run(connection, "SELECT %s::int %% 7, 'ten %%'", [10])[0] == [(3, "ten %")]


def test_prepared_once() -> None:
    for number in range(3):
        assert value("int", number) == number
    assert kept() == ["SELECT $1::int"]


def test_a_plan_does_not_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_USES", 2)
    assert [value("int", number) for number in range(7)] == list(range(7))
    assert kept() == ["SELECT $1::int"]


def test_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_STATEMENTS", 2)
    for kind in ("int", "bigint", "smallint", "int"):
        assert value(kind, 5) == 5
    assert len(kept()) <= 3  # what is too many goes with the next statement


def test_what_is_used_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_STATEMENTS", 2)
    for kind in ("int", "bigint", "int", "smallint", "int"):
        assert value(kind, 5) == 5
    assert "SELECT $1::bigint" not in kept()
    assert kept()[0] == "SELECT $1::int"  # prepared once


def test_none_where_the_site_says_that_there_is_a_pooler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert value("int", 1) == 1
    assert kept() == []


def test_a_server_that_forgets_is_no_obstacle(caplog: pytest.LogCaptureFixture) -> None:
    """As behind a pooler in transaction mode, of which nobody told us."""
    definition = repository.deploy(resources={"m.bpmn": small.one_task()}).definitions[0]
    runtime.start_process_instance(definition.pk)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with caplog.at_level(logging.WARNING, logger="workflow_engine.store.prepared"):
        assert runtime.start_process_instance(definition.pk).id
    assert "DISABLE_SERVER_SIDE_CURSORS" in caplog.text
    connection.close()
    assert value("int", 1) == 1
    assert kept() == []


def test_another_with_the_same_statement_is_no_obstacle() -> None:
    assert value("int", 1) == 1
    prepared._known.clear()  # somebody else's process, on the same connection to the server
    assert value("int", 2) == 2


def test_refusals_are_djangos() -> None:
    definition = repository.deploy(resources={"m.bpmn": small.one_task()}).definitions[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.run(
            connection, "UPDATE workflow_engine_process_definition SET key = NULL WHERE id = %s", [definition.pk]
        )
    assert value("int", 1) == 1


def test_a_lost_connection_is_seen_before_the_next_request() -> None:
    assert value("int", 1) == 1
    connection.health_check_enabled = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()[0]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            # Waits until the other is gone, at most a minute.
            cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [before])
    finally:
        other.close()
    connection.health_check_done = False
    assert value("int", 2) == 2


def test_a_connection_that_is_lost_within_a_request_is_told_as_django_tells_it() -> None:
    assert value("int", 1) == 1
    with pytest.raises(OperationalError):
        prepared.run(connection, "SELECT pg_terminate_backend(pg_backend_pid()), %s::int", [1])
    connection.close()
    assert value("int", 3) == 3


def test_the_log_of_statements_has_them_with_their_parameters() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert value("text", "what") == "what"
    assert [query["sql"] for query in queries] == ["SELECT 'what'::text"]
