"""Sorting rows by the value of a variable that belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast

from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.variable_conditions import VIEW_VARIABLES
from workflow_engine.rest.request_body import Body

_COLUMNS = {
    "String": "text_value",
    "Integer": "long_value",
    "Short": "long_value",
    "Long": "long_value",
    "Boolean": "long_value",
    "Date": "long_value",
    "Double": "double_value",
}


# What all rows have alike, so that sorting by it changes nothing. Databases take no bare constant.
NO_VALUE = Cast(Value(None), TextField())


def by_variable(rows: Callable[[], QuerySet[Any]] | None) -> tuple[Callable[[Body], Any], str]:
    """`rows`: the variables of the listed row, with the OuterRef that says which; None: there never are any.

    Those of another type than was asked for have no value.
    """

    def make(parameters: Body) -> Any:
        name, kind = parameters.required_text("variable"), parameters.required_text("type")
        kind = kind[:1].upper() + kind[1:]
        if kind not in _COLUMNS:
            raise RestError(
                f"Cannot order by variables of type {kind[:80]!r}: it must be one of {', '.join(_COLUMNS)}."
            )
        if rows is None:
            return NO_VALUE
        return Subquery(rows().filter(name=name, type_name=kind).values(_COLUMNS[kind])[:1])

    return make, VIEW_VARIABLES
