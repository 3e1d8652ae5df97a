"""Small reads of busy endpoints: the ORM makes the statement once, each request only sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from workflow_engine.store import prepared


class Prepared:
    """`rows` builds the query for sample values, which then stand for the parameters in the same order."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]], parameters: int) -> None:
        self._rows, self._parameters = rows, parameters
        self._statements: dict[str, str] = {}

    def first(self, using: str, *values: Any) -> tuple[Any, ...] | None:
        statement = self._statements.get(using)
        if statement is None:
            statement, samples = self._rows().using(using).query.get_compiler(using).as_sql()
            if len(samples) != self._parameters:
                raise TypeError(f"The statement has {len(samples)} parameters, not {self._parameters}: {statement}")
            self._statements[using] = statement
        connection = connections[using]
        if connection.vendor == "postgresql":
            rows, _ = prepared.run(connection, statement, values)
            return rows[0] if rows else None
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row
