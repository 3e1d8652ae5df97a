"""The parameters of lists, read off their `ListQuery`: what each is converted by tells its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflow_engine.rest import convert
from workflow_engine.rest.description.shapes import Schema, schema_of
from workflow_engine.rest.listing import variable_conditions
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.resources.history.variable_instance import type_names
from workflow_engine.rest.resources.job.rows import moments

# In a body; in an address lists and conditions are texts with commas.
_TYPES: dict[Callable[[Any], Any], str] = {
    convert.text: "text",
    convert.boolean: "boolean",
    convert.integer: "integer",
    convert.long: "long",
    convert.date: "date",
    convert.text_list: "[text]",
    type_names: "[text]",
    variable_conditions.conditions: "[VariableCondition]",
    moments: "[DateCondition]",
}
PAGING = {"firstResult": "integer", "maxResults": "integer"}


def type_of(converter: Callable[[Any], Any], *, in_address: bool) -> str:
    """Anything where the converter is no common one: it refuses what it does not understand."""
    kind = _TYPES.get(converter, "text" if in_address else "any")
    return "text" if in_address and kind.startswith("[") else kind


def address_parameters(query: type[ListQuery], *, is_list: bool) -> dict[str, Schema]:
    found = {
        name: schema_of(type_of(parameter.convert, in_address=True)) for name, parameter in query.parameters.items()
    }
    if is_list:
        found |= {"sortBy": _sort_by(query), "sortOrder": schema_of("asc|desc"), **paging_parameters()}
    return found


def paging_parameters() -> dict[str, Schema]:
    """Of the address, also of a POST."""
    return {name: schema_of(kind) for name, kind in PAGING.items()}


def body_schema(query: type[ListQuery]) -> Schema:
    """Counts are asked like lists, and take no notice of the sorting."""
    properties = _conditions(query)
    if query.has_or_queries:
        alternatives = {"type": "object", "properties": _conditions(query)}
        properties["orQueries"] = {"type": ["array", "null"], "items": alternatives, "maxItems": 20}
    properties["sorting"] = {"type": ["array", "null"], "items": _sorting(query)}
    return {"type": "object", "properties": properties}


def _conditions(query: type[ListQuery]) -> dict[str, Schema]:
    return {
        name: schema_of(f"{type_of(parameter.convert, in_address=False)}?")
        for name, parameter in query.parameters.items()
    }


def _sort_by(query: type[ListQuery]) -> Schema:
    return {"type": "string", "enum": sorted(query.sortings)}


def _sorting(query: type[ListQuery]) -> Schema:
    by = {"type": "string", "enum": sorted({**query.sortings, **query.variable_sortings})}
    properties: dict[str, Schema] = {"sortBy": by, "sortOrder": schema_of("asc|desc")}
    if query.variable_sortings:
        variable = {name: schema_of("text") for name in ("variable", "type")}
        properties["parameters"] = {"type": ["object", "null"], "properties": variable, "required": [*variable]}
    return {"type": "object", "properties": properties, "required": ["sortBy", "sortOrder"]}
