"""A model seen from the engine: its columns, and how one of its rows becomes an engine value and back.

`tables.of(row)` finds the table of an engine row. Everything is computed once per process from the models' meta.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from django.db import models as django_models

from workflow_engine import conf, ids, models
from workflow_engine.engine import state
from workflow_engine.engine.errors import BadInput
from workflow_engine.engine.execution import Execution
from workflow_engine.models.value_columns import Columns, from_columns, to_columns
from workflow_engine.store.codec import Column
from workflow_engine.values import LONG_MAX, LONG_MIN

VALUE_COLUMNS = Columns._fields


def value_columns(name: str, value: Any) -> dict[str, Any]:
    """The columns of a variable's value; BadInput for what cannot be stored."""
    try:
        columns = to_columns(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"Cannot store variable '{name}': {error}.") from None
    limit = conf.current().max_variable_size
    size = len(columns.text_value or columns.bytes_value or "")
    if size > limit:
        raise BadInput(
            f"Cannot store variable '{name}': its {size} characters are more than the {limit} that are allowed."
        )
    if columns.long_value is not None and not LONG_MIN <= columns.long_value <= LONG_MAX:
        raise BadInput(f"Cannot store variable '{name}': the number does not fit into 64 bits.")
    return columns._asdict()


class Table:
    """The columns of one model in a fixed order."""

    def __init__(self, model: type[django_models.Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.columns = tuple(Column.of(field) for field in model._meta.concrete_fields)
        self.by_attribute = {column.attribute: column for column in self.columns}
        self.attributes = tuple(self.by_attribute)
        # Whether a row may have to go before another one can come.
        self.is_unique_beyond_id = any(
            isinstance(constraint, django_models.UniqueConstraint) for constraint in model._meta.constraints
        ) or any(field.unique and not field.primary_key for field in model._meta.concrete_fields)
        self.blank = {column.attribute: column.default for column in self.columns}

    def __repr__(self) -> str:
        return f"Table({self.name})"

    def complete(self, values: dict[str, Any]) -> dict[str, Any]:
        """A row to insert, in the order of the columns: the given values, defaults for others, the partition that the id tells."""
        return {**self.blank, **values, "partition": ids.partition_of(values["id"])}


class StateTable(Table):
    """The table of rows that the engine works on (`workflow_engine.engine.state`)."""

    def __init__(
        self, model: type[django_models.Model], row_class: type[Any], loaded_class: type[Any] | None = None
    ) -> None:
        super().__init__(model)
        self.row_class = row_class
        self.loaded_class = loaded_class or row_class
        self.row_attributes = tuple(field.name for field in fields(row_class))
        self.is_variable = "value" in self.row_attributes
        self.snapshot: Callable[[Any], tuple[Any, ...]] = attrgetter(*self.row_attributes)  # what a row holds now
        self._of_row: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*self.row_attributes)
        self._of_value: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*VALUE_COLUMNS)

    def to_row(self, values: dict[str, Any]) -> Any:
        """An engine row from the values of its columns."""
        if self.is_variable:
            values["value"] = from_columns(Columns(*self._of_value(values)))
        return self.loaded_class(**dict(zip(self.row_attributes, self._of_row(values), strict=True)))

    def values(self, row: Any) -> dict[str, Any]:
        """The columns of an engine row, without the partition."""
        found = dict(zip(self.row_attributes, self.snapshot(row), strict=True))
        if self.is_variable:
            found.update(value_columns(row.name, found.pop("value")))
        return found

    def changes(self, row: Any, before: tuple[Any, ...]) -> dict[str, Any]:
        """The columns that differ from the snapshot."""
        now = self.snapshot(row)
        if now == before and not self.is_variable:
            return {}
        found: dict[str, Any] = {}
        if now != before:
            pairs = enumerate(zip(now, before, strict=True))
            found = {self.row_attributes[i]: new for i, (new, old) in pairs if new != old}
            found.pop("value", None)
        if self.is_variable:
            i = self.row_attributes.index("value")
            # The same number may have become another type: 1, 1.0 and True are equal in Python.
            if now[i] is not before[i] or isinstance(now[i], (dict, list)):
                new, old = value_columns(row.name, now[i]), value_columns(row.name, before[i])
                found.update({name: new[name] for name in VALUE_COLUMNS if new[name] != old[name]})
        return found


@lru_cache(maxsize=1)
def _by_row_class() -> dict[type[Any], StateTable]:
    tables: Sequence[StateTable] = [
        StateTable(models.Execution, state.Execution, Execution),
        StateTable(models.Variable, state.Variable),
        StateTable(models.ExternalTask, state.ExternalTask),
        StateTable(models.UserTask, state.UserTask),
        StateTable(models.IdentityLink, state.IdentityLink),
        StateTable(models.Job, state.Job),
        StateTable(models.EventSubscription, state.EventSubscription),
        StateTable(models.Incident, state.Incident),
    ]
    return {table.row_class: table for table in tables} | {Execution: tables[0]}


def of_row(row: Any) -> StateTable:
    return _by_row_class()[type(row)]


def of_class(row_class: type[Any]) -> StateTable:
    return _by_row_class()[row_class]


@cache
def of_model(model: type[django_models.Model]) -> Table:
    """The table of a model that the engine only writes: history and the like."""
    return Table(model)
