"""Statements on PostgreSQL with little ceremony: each is parsed and planned once per connection, and sent by libpq itself.

Django's cursor writes the parameters into the text, so that the server parses and plans every statement anew, which costs it more
than carrying out one of ours. Here the text goes over once, and then only its name and the parameters. What Django promises
around a statement holds as well: its transactions, its exceptions, and the wrappers that watch or log statements.

Where a pooler gives each transaction another server, statements cannot be prepared: the site says so as Django asks for it
anyhow, by DISABLE_SERVER_SIDE_CURSORS, and then the parameters still travel apart from the text. Where it has not said so, the first
statement that the server does not know tells, and the command is repeated. The name of a statement follows from its text, so
never another one is carried out in its place.
"""

from __future__ import annotations

import hashlib
import logging
import re
import select
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, pq
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.types.string import TextLoader

from workflow_engine.store.pipeline import Call, Pipeline

# Of one connection; a server process keeps the plan of each. More than the shapes that busy models write.
MOST_STATEMENTS = 400
# A plan that was right for a small table is kept until somebody analyzes the table: so it is made again before that.
MOST_USES = 1_000
_ADAPTERS = AdaptersMap(psycopg.adapters)
for _kind in ("json", "jsonb", "uuid"):
    _ADAPTERS.register_loader(_kind, TextLoader)
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
# The server has no statement of this name, or has it already: we are not alone with it.
_SHARED = ("26000", "42P05")
# A table changed under its plan.
_OUTDATED = "0A000"

logger = logging.getLogger(__name__)
_pooled: set[str] = set()  # aliases that turned out to lead to a pooler

Rows = list[tuple[Any, ...]]
Answer = tuple[Rows, int]
Statement = tuple[str, Sequence[Any]]
Connection = Any  # Django's `BaseDatabaseWrapper`, of whose health check its type stubs know nothing


class NotPrepared(psycopg.OperationalError):
    """To be repeated: the next time the statement goes as it is."""

    sqlstate = "26000"


class PreparedCursor:
    """As much of a cursor as Django's wrappers of one need."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._django = connection
        self.rowcount = -1
        self._rows: Rows = []
        self._sent: tuple[str, Sequence[Any]] = ("", ())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Self:
        self._sent = sql, params
        self._rows, self.rowcount = statements_of(self._django).run_all([(sql, params)])[0]
        return self

    @property
    def _query(self) -> SimpleNamespace:
        """Where Django's log of statements looks for the text with its parameters."""
        return SimpleNamespace(query=psycopg.ClientCursor(self._django.connection).mogrify(*self._sent).encode())

    def fetchall(self) -> Rows:
        return self._rows

    def close(self) -> None:
        self._rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def run(connection: Connection, sql: str, params: Sequence[Any]) -> Answer:
    """What the statement gives, and how many rows it touched."""
    return run_all(connection, [(sql, params)])[0]


def run_all(connection: Connection, statements: Sequence[Statement]) -> list[Answer]:
    """What several statements give, sent together. Each sees what those before it did or waited for."""
    if connection.health_check_enabled and not connection.health_check_done:
        check_health(connection)
    connection.ensure_connection()
    if connection.execute_wrappers or connection.queries_logged:
        return [_watched(connection, *statement) for statement in statements]
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        try:
            return statements_of(connection).run_all(statements)
        except NotPrepared:
            if connection.in_atomic_block:
                raise
            return statements_of(connection).run_all(statements)


def _watched(connection: Connection, sql: str, params: Sequence[Any]) -> Answer:
    cursor = PreparedCursor(connection)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(cursor) as watched:
        watched.execute(sql, params)
        return cursor.fetchall(), cursor.rowcount


def check_health(connection: Connection) -> None:
    """Django's check before the first statement of a request, for less than a statement.

    A server that has ended or dropped a connection says so, which can be heard without asking; only then Django asks.
    """
    raw = connection.connection
    if raw is not None and not raw.closed:
        poll = select.poll()
        poll.register(raw.pgconn.socket, select.POLLIN)
        if not poll.poll(0):
            connection.health_check_done = True
            return
    connection.close_if_health_check_failed()


class Statements:
    """Those of one connection to a server."""

    def __init__(self, connection: psycopg.Connection[Any], alias: str, is_prepared: bool) -> None:
        self.adapters, self.connection = _ADAPTERS, weakref.proxy(connection)
        self._pgconn = connection.pgconn
        self._pipeline = Pipeline(connection.pgconn)
        self._loader = Transformer(self)
        # By text: the name at the server, and how often it was used; what was used last stands last.
        self._names: OrderedDict[str, list[Any]] = OrderedDict()
        self._outdated: list[bytes] = []
        self._alias, self._is_prepared = alias, is_prepared and alias not in _pooled

    def run_all(self, statements: Sequence[Statement], *, begin: bool = False, commit: bool = False) -> list[Answer]:
        """`begin`: of a transaction before them, `commit` after them. Nothing is waited for in between."""
        pgconn = self._pgconn
        if pgconn.transaction_status == pq.TransactionStatus.IDLE and not self.connection.autocommit:
            begin = True
        while self._outdated:
            self._checked(pgconn.exec_(b"DEALLOCATE " + self._outdated.pop()))
        if begin or commit:
            around = [(_begin(self.connection), ())] * begin, [("COMMIT", ())] * commit
            statements = [*around[0], *statements, *around[1]]
        if self._is_prepared and len(statements) > 1:
            results = self._pipeline.run([self._call(sql, params) for sql, params in statements])
            answers = [self._answer(result) for result in results]
        else:
            # Behind a pooler one by one, as it expects of its clients; after one that fails no other is sent.
            results, answers = [], []
            for sql, params in statements:
                results.append(self._run_one(self._call(sql, params)))
                answers.append(self._answer(results[-1]))
        if commit and results[-1].command_status != b"COMMIT":
            # Somebody has swallowed an error within the transaction, so the server has rolled it back instead.
            raise errors.InFailedSqlTransaction("The transaction has failed before, so nothing of it was kept.")
        return answers[begin : len(answers) - commit]

    def roll_back(self) -> None:
        self._checked(self._pgconn.exec_(b"ROLLBACK"))

    def _call(self, sql: str, params: Sequence[Any]) -> Call:
        values = [
            value.encode()
            if (kind := value.__class__) is str
            else None
            if value is None
            else b"%d" % value
            if kind is int
            else _text(value).encode()
            for value in params
        ]
        if not self._is_prepared:
            return numbered(sql), values
        known = self._names.get(sql)
        if known is None:
            known = self._prepare(sql)
        else:
            self._names.move_to_end(sql)
        known[1] += 1
        if known[1] == MOST_USES:
            self._forget(sql)
        return known[0], values

    def _run_one(self, call: Call) -> pq.abc.PGresult:
        text, values = call
        return self._pgconn.exec_prepared(text, values) if self._is_prepared else self._pgconn.exec_params(text, values)

    def _answer(self, result: pq.abc.PGresult) -> Answer:
        self._checked(result)
        if not result.nfields:
            return [], result.command_tuples or 0
        loader = self._loader
        loader.set_pgresult(result)
        return loader.load_rows(0, result.ntuples, tuple), result.ntuples

    def _prepare(self, sql: str) -> list[Any]:
        if len(self._names) >= MOST_STATEMENTS:
            self._forget(next(iter(self._names)))
        name = b"wf_" + hashlib.blake2b(sql.encode(), digest_size=12).hexdigest().encode()
        if name in self._outdated:
            # Forgotten a moment ago, for the same message: it is still there.
            self._outdated.remove(name)
        else:
            self._checked(self._pgconn.prepare(name, numbered(sql)))
        self._names[sql] = known = [name, 0]
        return known

    def _forget(self, sql: str) -> None:
        self._outdated.append(self._names.pop(sql)[0])

    def _checked(self, result: pq.abc.PGresult) -> None:
        if result.status in _DONE:
            return
        if self._pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError(f"The connection is lost: {self._pgconn.get_error_message()}")
        error = errors.error_from_result(result)
        if error.sqlstate is None:
            # Not from the server: the connection was lost while we sent, which libpq does not always hold against it.
            raise psycopg.OperationalError(f"The connection is lost: {error}")
        if error.sqlstate in _SHARED and self._is_prepared:
            self._is_prepared = False
            _pooled.add(self._alias)
            logger.warning(
                "Statements cannot be prepared on this connection, so they cost the database more: if that is because of a pooler"
                " in transaction mode, say DISABLE_SERVER_SIDE_CURSORS in DATABASES. The server said: %s",
                error,
            )
            raise NotPrepared(str(error)) from error
        if error.sqlstate == _OUTDATED:
            self._outdated += [name for name, _ in self._names.values()]
            self._names.clear()
        raise error


# Weak, so that what is known of a connection goes with it.
_known: weakref.WeakKeyDictionary[Any, Statements] = weakref.WeakKeyDictionary()


def statements_of(connection: BaseDatabaseWrapper) -> Statements:
    """Of what Django's connection is connected to now."""
    raw = connection.connection
    found = _known.get(raw)
    if found is None:
        is_prepared = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        found = _known[raw] = Statements(raw, connection.alias, is_prepared)
    return found


@lru_cache(maxsize=2_000)
def numbered(sql: str) -> bytes:
    """The text with PostgreSQL's marks: $1, $2 and so on."""
    count = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal count
        if found.group() == "%%":
            return "%"
        count += 1
        return f"${count}"

    return re.sub("%s|%%", mark, sql).encode()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, float, UUID, str)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo else f"{value.isoformat()}+00:00"
    if isinstance(value, (list, tuple)):
        return "{" + ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value) + "}"
    raise TypeError(f"A statement's parameter cannot be a {type(value).__name__}.")


def _begin(connection: psycopg.Connection[Any]) -> str:
    """As psycopg begins a transaction."""
    parts = ["BEGIN"]
    if connection.isolation_level is not None:
        parts.append(f"ISOLATION LEVEL {connection.isolation_level.name.replace('_', ' ')}")
    if connection.read_only is not None:
        parts.append("READ ONLY" if connection.read_only else "READ WRITE")
    if connection.deferrable is not None:
        parts.append("DEFERRABLE" if connection.deferrable else "NOT DEFERRABLE")
    return " ".join(parts)
