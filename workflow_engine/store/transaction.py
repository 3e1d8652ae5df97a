"""A command's transaction on PostgreSQL in as few messages as it has questions: BEGIN goes with the first statement, COMMIT with
the last. To everybody else on the connection it is Django's `atomic`: its savepoints, its hooks after the commit, its rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import Error, InterfaceError, transaction

from workflow_engine.store import prepared
from workflow_engine.store.prepared import Answer, Connection, Statement


class Transaction:
    """Within a caller's transaction, or while somebody watches the statements, it is Django's own.

    It stands among the connection's wrappers of statements, so it hears of what others send and sees to it that BEGIN comes first.
    """

    _from_testcase = False  # Django asks each block of a connection

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._django: Any = None
        self._has_begun = False
        self._last: list[Statement] = []

    def __enter__(self) -> Self:
        connection = self._connection
        if (
            connection.in_atomic_block
            or not connection.autocommit
            or connection.execute_wrappers
            or connection.queries_logged
        ):
            self._django = transaction.atomic(using=connection.alias)
            self._django.__enter__()
            return self
        if connection.health_check_enabled and not connection.health_check_done:
            prepared.check_health(connection)
        connection.ensure_connection()
        if not connection.autocommit:
            raise transaction.TransactionManagementError("The connection is in no state to begin a transaction.")
        connection.commit_on_exit, connection.needs_rollback = True, False
        connection.in_atomic_block, connection.autocommit = True, False
        connection.atomic_blocks.append(self)
        connection.execute_wrappers.append(self)
        self._statements = prepared.statements_of(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._django is not None:
            self._django.__exit__(kind, error, traceback)
            return
        connection = self._connection
        connection.execute_wrappers.remove(self)
        connection.atomic_blocks.pop()
        connection.in_atomic_block = False
        is_kept = False
        try:
            if connection.closed_in_transaction:
                if error is None:
                    raise InterfaceError("The connection was closed within the transaction: nothing of it was kept.")
            elif error is None and not connection.needs_rollback:
                try:
                    self._commit()
                except BaseException:
                    self._roll_back()
                    raise
                is_kept = True
            else:
                connection.needs_rollback = False
                self._roll_back()
        finally:
            if connection.closed_in_transaction:
                connection.connection = None
            connection.autocommit = True
            if not is_kept:
                connection.run_on_commit = []
        connection.run_and_clear_commit_hooks()

    def run_all(self, statements: Sequence[Statement]) -> list[Answer]:
        """As `prepared.run_all`."""
        self._connection.validate_no_broken_transaction()
        return self._send(statements)

    def run_last(self, statements: Sequence[Statement]) -> None:
        """Statements of whose answers nobody asks: they go with the commit, or before the next statement if one comes."""
        if self._django is None:
            self._last += statements
        else:
            prepared.run_all(self._connection, statements)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Somebody sends a statement through Django."""
        if sql.startswith("ROLLBACK TO"):
            # What waits has come after the savepoint, before which everything was sent.
            self._last = []
        if not self._has_begun or self._last:
            self._send(())
        return execute(sql, params, many, context)

    def _send(self, statements: Sequence[Statement], *, commit: bool = False) -> list[Answer]:
        last, self._last = self._last, []
        begin, self._has_begun = not self._has_begun, True
        with self._connection.wrap_database_errors:
            answers = self._statements.run_all([*last, *statements], begin=begin, commit=commit)
        return answers[len(last) :]

    def _commit(self) -> None:
        if self._has_begun or self._last:
            self._send((), commit=True)

    def _roll_back(self) -> None:
        if not self._has_begun:
            return
        try:
            with self._connection.wrap_database_errors:
                self._statements.roll_back()
        except (Error, psycopg.Error):
            # Nobody knows what state it is in.
            self._connection.close()


def transaction_of(connection: Connection) -> Transaction | None:
    """The one that is open on the connection, if statements can go straight to it."""
    wrappers = connection.execute_wrappers
    if len(wrappers) == 1 and type(wrappers[0]) is Transaction:
        return wrappers[0]
    return None
