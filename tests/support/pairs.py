"""Two conflicting commands on two real connections: the first stands before its commit while the second runs into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from workflow_engine.engine.errors import EngineError

Command = Callable[[], Any]
PATIENCE = 30


@dataclass
class Outcome:
    first: Any
    second: Any
    has_waited: bool  # the second stood at a lock of the first

    @property
    def refusals(self) -> list[EngineError]:
        return [result for result in (self.first, self.second) if isinstance(result, EngineError)]


def meet(first: Command, second: Command) -> Outcome:
    """The first is carried out up to its commit; then the second begins, and waits for it or is done; then the first commits."""
    stands, may_commit, is_running = threading.Event(), threading.Event(), threading.Event()
    backend: list[int] = []

    def go_first() -> Any:
        try:
            with transaction.atomic():
                try:
                    return first()
                finally:
                    stands.set()
                    assert may_commit.wait(PATIENCE)
        except EngineError as error:
            return error
        finally:
            connections.close_all()

    def go_second() -> Any:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                backend.append(connection.connection.info.backend_pid)
            is_running.set()
            return second()
        except EngineError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        one = pool.submit(go_first)
        try:
            assert stands.wait(PATIENCE)
            other = pool.submit(go_second)
            assert is_running.wait(PATIENCE)
            has_waited = _wait_for_lock(backend, other.done)
        finally:
            may_commit.set()
        return Outcome(one.result(PATIENCE), other.result(PATIENCE), has_waited)


def _wait_for_lock(backend: list[int], is_done: Callable[[], bool]) -> bool:
    """On SQLite nobody can see who waits: there the second waits for the whole database before it begins."""
    if connection.vendor != "postgresql":
        return not is_done()
    with connection.cursor() as cursor:
        while not is_done():
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", backend)
            if cursor.fetchone()[0]:
                return True
    return False
