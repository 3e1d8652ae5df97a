# ruff: noqa: PT012 - it is whole blocks that are undone
"""A command's transaction: to everybody else on the connection it is Django's, to the server it is few messages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.test.utils import CaptureQueriesContext

from tests.support import small_models as small
from workflow_engine.models import Tenant
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic
from workflow_engine.store import database, prepared
from workflow_engine.store.transaction import Transaction, transaction_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_own_connection")]

INSERT = "INSERT INTO workflow_engine_tenant (id, name) VALUES (%s, %s)"


@pytest.fixture
def _own_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(prepared, "_pooled", set())
    connection.close()
    yield
    connection.close()


def ours() -> Transaction:
    return Transaction(connection)


def write(name: str) -> None:
    database.dialect().run(INSERT, [name, name])


def names() -> list[str]:
    assert connection.get_autocommit()
    assert not connection.in_atomic_block
    return sorted(Tenant.objects.values_list("id", flat=True))


def test_what_was_written_is_kept() -> None:
    with ours() as opened:
        assert transaction_of(connection) is opened
        write("a")
        opened.run_last([(INSERT, ["b", "b"])])
    assert names() == ["a", "b"]
    assert transaction_of(connection) is None


def test_an_exception_undoes_it() -> None:
    with pytest.raises(KeyError), ours() as opened:
        write("a")
        opened.run_last([(INSERT, ["b", "b"])])
        raise KeyError
    assert names() == []


def test_nothing_was_asked() -> None:
    with ours():
        pass
    assert names() == []


def test_what_somebody_else_sends_first_is_within_it() -> None:
    with pytest.raises(KeyError), ours():
        Tenant.objects.create(id="orm", name="orm")
        raise KeyError
    assert names() == []


def test_the_last_goes_before_what_comes_after_it() -> None:
    with ours() as opened:
        opened.run_last([(INSERT, ["a", "a"])])
        assert Tenant.objects.count() == 1
        opened.run_last([(INSERT, ["b", "b"])])
        assert database.dialect().fetch("SELECT count(*) FROM workflow_engine_tenant", []) == [(2,)]


def test_savepoints_are_djangos() -> None:
    with ours():
        with pytest.raises(KeyError), transaction.atomic():
            write("undone")
            raise KeyError
        with transaction.atomic():
            write("kept")
    assert names() == ["kept"]


def test_what_waits_is_undone_with_its_savepoint() -> None:
    with ours():
        write("kept")
        with pytest.raises(KeyError), transaction.atomic():
            opened = transaction_of(connection)
            assert opened is not None
            opened.run_last([(INSERT, ["kept", "would be refused"])])
            raise KeyError
        with pytest.raises(IntegrityError), transaction.atomic():
            opened.run_last([(INSERT, ["kept", "is refused"])])
        with transaction.atomic():
            opened.run_last([(INSERT, ["kept too", "kept too"])])
    assert names() == ["kept", "kept too"]


def test_a_rollback_that_somebody_asks_for() -> None:
    with ours():
        write("a")
        transaction.set_rollback(True)
    assert names() == []


def test_hooks_after_the_commit() -> None:
    seen: list[list[str]] = []
    with ours() as opened:
        transaction.on_commit(lambda: seen.append(names()))
        opened.run_last([(INSERT, ["a", "a"])])
    assert seen == [["a"]]
    with pytest.raises(KeyError), ours():
        transaction.on_commit(lambda: seen.append(names()))
        write("b")
        raise KeyError
    with ours():
        write("c")
    assert seen == [["a"]]


def test_the_last_is_refused_with_the_commit() -> None:
    Tenant.objects.create(id="a", name="a")
    with pytest.raises(IntegrityError), ours() as opened:
        write("b")
        opened.run_last([(INSERT, ["a", "again"])])
    assert names() == ["a"]


def test_an_error_that_somebody_swallows_is_not_taken_for_success() -> None:
    with pytest.raises(InternalError, match="has failed before"), ours():
        write("a")
        with pytest.raises(DataError):
            database.dialect().run("SELECT 1 / %s::int", [0])
    assert names() == []


def test_no_durable_block_within_it() -> None:
    with pytest.raises(RuntimeError, match="durable"), ours(), transaction.atomic(durable=True):
        pass


def test_within_a_callers_transaction() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        with ours() as opened:
            assert transaction_of(connection) is None
            write("a")
            opened.run_last([(INSERT, ["b", "b"])])
        with pytest.raises(IntegrityError), ours():
            write("a")
        assert Tenant.objects.count() == 2
        raise KeyError
    assert names() == []


def test_while_somebody_watches() -> None:
    with CaptureQueriesContext(connection) as queries, ours() as opened:
        write("a")
        opened.run_last([(INSERT, ["b", "b"])])
    assert sum("INSERT" in query["sql"] for query in queries) == 2
    assert names() == ["a", "b"]


def test_a_connection_that_somebody_closes_keeps_nothing_and_says_so() -> None:
    with pytest.raises(InterfaceError, match="nothing of it was kept"), ours() as opened:
        write("a")
        opened.run_last([(INSERT, ["b", "b"])])
        connection.close()
    assert names() == []


@pytest.mark.parametrize("when", ["before", "at the commit"])
def test_a_lost_connection(when: str) -> None:
    with pytest.raises(OperationalError), ours() as opened:
        write("a")
        end = ("SELECT pg_terminate_backend(pg_backend_pid())", [])
        if when == "before":
            opened.run_all([end])
        opened.run_last([end])
    assert names() == []


def test_much_in_one_message() -> None:
    """More than the sockets hold, in both directions at once."""
    text = "x" * 2**20
    with ours() as opened:
        answers = opened.run_all([("SELECT %s::text", [text]) for _ in range(40)])
    assert [rows[0][0] == text for rows, _ in answers] == [True] * 40


def test_one_by_one_behind_a_pooler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    monkeypatch.setattr("workflow_engine.store.pipeline.Pipeline.run", None)
    with ours() as opened:
        write("a")
        opened.run_last([(INSERT, ["b", "b"])])
    assert names() == ["a", "b"]


def test_messages_of_the_hot_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """BEGIN and COMMIT included."""
    definition = repository.deploy(resources={"m.bpmn": small.one_task()}).definitions[0]
    topics = [Topic(topic_name="ship", lock_duration=60_000)]
    sent: list[int] = []
    send = prepared.Statements.run_all

    def sending(self: prepared.Statements, statements: Any, **around: bool) -> Any:
        sent.append(len(statements) + sum(around.values()))
        return send(self, statements, **around)

    monkeypatch.setattr(prepared.Statements, "run_all", sending)
    for _ in range(2):  # the first compiles
        sent.clear()
        runtime.start_process_instance(definition.pk, variables={"a": 1})
    assert len(sent) == 2, sent
    sent.clear()
    (task, *_) = external_task.fetch_and_lock(worker_id="w", topics=topics)
    assert len(sent) == 3, sent
    sent.clear()
    external_task.complete(task.id, "w", {"b": 2})
    assert len(sent) == 2, sent


@pytest.mark.parametrize("is_pooled", [False, True])
def test_after_one_that_fails_none_is_carried_out(monkeypatch: pytest.MonkeyPatch, is_pooled: bool) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_pooled)
    with pytest.raises(DataError):
        prepared.run_all(connection, [("SELECT 1 / %s::int", [0]), (INSERT, ["a", "a"])])
    assert names() == []


@pytest.mark.parametrize("limit", ["MOST_USES", "MOST_STATEMENTS"])
def test_a_statement_that_is_forgotten_within_a_message(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(prepared, limit, 2)
    kinds = ["int", "int", "bigint", "smallint", "int", "int", "int"]
    for _ in range(3):
        answers = prepared.run_all(connection, [(f"SELECT %s::{kind}", [5]) for kind in kinds])
        assert [rows for rows, _ in answers] == [[(5,)]] * len(kinds)
    assert prepared._pooled == set()
