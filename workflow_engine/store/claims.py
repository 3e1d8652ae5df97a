"""Rows whose primary key is a guarantee: of all who insert the same one, a single transaction succeeds."""

from __future__ import annotations

from typing import Any

from django.db import models

from workflow_engine.store import database, tables


def claim(model: type[models.Model], values: dict[str, Any], using: str) -> bool:
    """Statement "claim": inserts the row unless there is one of this id. Waits for whoever is just inserting the same."""
    dialect = database.dialect(using)
    columns = tables.of_model(model).columns
    names = ", ".join(f'"{column.name}"' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) ON CONFLICT ("id") DO NOTHING'  # noqa: S608
    _, inserted = dialect.run(sql, [dialect.parameter(column, values[column.attribute]) for column in columns])
    return inserted == 1
