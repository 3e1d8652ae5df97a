"""A connection that the server has dropped is an operational error, also where libpq has not noticed it itself."""

import os
import socket
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from workflow_engine.store import prepared

pytestmark = pytest.mark.django_db(transaction=True)


class Unnoticed:
    """A connection of libpq that was lost while it sent: every result says so, and the connection itself says it is fine."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @property
    def status(self) -> psycopg.pq.ConnStatus:
        return psycopg.pq.ConnStatus.OK

    def exec_(self, command: bytes) -> Any:
        return self._lost()

    def exec_params(self, *arguments: Any) -> Any:
        return self._lost()

    def prepare(self, *arguments: Any) -> Any:
        return self._lost()

    def _lost(self) -> Any:
        with socket.socket(fileno=os.dup(self._real.socket)) as same:
            same.shutdown(socket.SHUT_RDWR)
        return self._real.exec_(b"BEGIN")


def test_a_connection_that_is_lost_while_it_sends() -> None:
    connection.close()
    connection.ensure_connection()
    raw: Any = connection.connection
    real = raw.pgconn
    raw.pgconn = Unnoticed(real)
    try:
        with pytest.raises(OperationalError, match="server closed the connection"):
            prepared.run(connection, "SELECT 1", [])
    finally:
        raw.pgconn = real
        connection.close()
