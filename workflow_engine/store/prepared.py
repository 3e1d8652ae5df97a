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
        self._rows, self.rowcount = _of(self._django).run(sql, params)
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


def run(connection: Connection, sql: str, params: Sequence[Any]) -> tuple[Rows, int]:
    """What the statement gives, and how many rows it touched."""
    if connection.health_check_enabled and not connection.health_check_done:
        check_health(connection)
    connection.ensure_connection()
    if connection.execute_wrappers or connection.queries_logged:
        cursor = PreparedCursor(connection)
        make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        with make(cursor) as watched:
            watched.execute(sql, params)
            return cursor.fetchall(), cursor.rowcount
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        try:
            return _of(connection).run(sql, params)
        except NotPrepared:
            if connection.in_atomic_block:
                raise
            return _of(connection).run(sql, params)


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


class _Statements:
    """Those of one connection to a server."""

    def __init__(self, connection: psycopg.Connection[Any], alias: str, is_prepared: bool) -> None:
        self.adapters, self.connection = _ADAPTERS, weakref.proxy(connection)
        self._pgconn = connection.pgconn
        self._loader = Transformer(self)
        self._names: dict[str, list[Any]] = {}  # by text: the name at the server, and how often it was used
        self._outdated: list[bytes] = []
        self._alias, self._is_prepared = alias, is_prepared and alias not in _pooled

    def run(self, sql: str, params: Sequence[Any]) -> tuple[Rows, int]:
        pgconn = self._pgconn
        if pgconn.transaction_status == pq.TransactionStatus.IDLE and not self.connection.autocommit:
            self._checked(pgconn.exec_(_begin(self.connection)))
        while self._outdated:
            self._checked(pgconn.exec_(b"DEALLOCATE " + self._outdated.pop()))
        values: list[Any] = []
        formats: list[int] | None = None
        for value in params:
            if isinstance(value, str):
                values.append(value.encode())
            elif value is None:
                values.append(None)
            elif isinstance(value, (bytes, memoryview)):
                formats = formats or [0] * len(params)
                formats[len(values)] = 1
                values.append(bytes(value))
            else:
                values.append(_text(value).encode())
        if not self._is_prepared:
            result = pgconn.exec_params(_numbered(sql), values, None, formats, 0)
        else:
            known = self._names.get(sql)
            if known is None:
                known = self._prepare(sql)
            result = pgconn.exec_prepared(known[0], values, formats, 0)
            known[1] += 1
            if known[1] == MOST_USES:
                self._forget(sql)
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
        self._checked(self._pgconn.prepare(name, _numbered(sql)))
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
_known: weakref.WeakKeyDictionary[Any, _Statements] = weakref.WeakKeyDictionary()


def _of(connection: BaseDatabaseWrapper) -> _Statements:
    raw = connection.connection
    found = _known.get(raw)
    if found is None:
        is_prepared = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        found = _known[raw] = _Statements(raw, connection.alias, is_prepared)
    return found


@lru_cache(maxsize=2_000)
def _numbered(sql: str) -> bytes:
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
    if isinstance(value, (int, float, UUID)):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo else f"{value.isoformat()}+00:00"
    if isinstance(value, (list, tuple)):
        return "{" + ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value) + "}"
    raise TypeError(f"A statement's parameter cannot be a {type(value).__name__}.")


def _begin(connection: psycopg.Connection[Any]) -> bytes:
    """As psycopg begins a transaction."""
    parts = ["BEGIN"]
    if connection.isolation_level is not None:
        parts.append(f"ISOLATION LEVEL {connection.isolation_level.name.replace('_', ' ')}")
    if connection.read_only is not None:
        parts.append("READ ONLY" if connection.read_only else "READ WRITE")
    if connection.deferrable is not None:
        parts.append("DEFERRABLE" if connection.deferrable else "NOT DEFERRABLE")
    return " ".join(parts).encode()
