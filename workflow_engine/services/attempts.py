"""Several pieces of work of one request, each of which may fail by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connections

from workflow_engine.engine.errors import EngineError

T = TypeVar("T")


class Attempts:
    """Within a caller's transaction only refusals are given as values: whatever else happens, the caller has to undo it all."""

    def __init__(self, using: str) -> None:
        self._connection = connections[using]
        self.is_within_transaction = self._connection.in_atomic_block
        self._lost: Exception | None = None

    def attempt(self, work: Callable[[], T]) -> T | Exception:
        """What the work gives, or how it failed. Once the database is gone nothing more is tried."""
        if self._lost is not None:
            return self._lost
        try:
            return work()
        except EngineError as error:
            return error
        except Exception as error:
            if self.is_within_transaction:
                raise
            if isinstance(error, OperationalError | InterfaceError) and not self._connection.is_usable():
                self._lost = error
            return error
