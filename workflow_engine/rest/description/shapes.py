"""The JSON objects of requests and answers, as small tables of names and types.

A type is written as a word: `text`, `date?` (or null), `[Incident]` (a list), `{VariableValue}` (any names), `Incident` (a shape).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

_WORDS: dict[str, Schema] = {
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date-time", "examples": ["2026-11-21T00:59:25Z"]},
    # A date of an answer: in Camunda's form, which is not quite that of "date-time".
    "moment": {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$",
        "examples": ["2026-11-21T00:59:25.123+0000"],
    },
    "integer": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "number": {"type": "number", "format": "double"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "any": {},
    "object": {"type": "object"},
    "bytes": {"type": "string", "format": "binary"},
}
_DATE = re.compile(r"\bdate\b")
_ENUM = re.compile(r"\w+(?:\|\w+)+")
SHAPES: dict[str, Shape] = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """`absent`: fields that an answer may leave out. In requests every field may be absent or null."""

    name: str
    fields: Mapping[str, str]
    absent: tuple[str, ...] = ()
    is_request: bool = False
    description: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if self.name in SHAPES:
            raise ValueError(f"There are two shapes with the name '{self.name}'.")
        SHAPES[self.name] = self

    def schema(self) -> Schema:
        types = self.fields.items()
        if self.is_request:
            properties = {name: schema_of(kind if kind.endswith("?") else f"{kind}?") for name, kind in types}
            schema: Schema = {"type": "object", "properties": properties}
        else:
            schema = {
                "type": "object",
                "properties": {name: schema_of(_DATE.sub("moment", kind)) for name, kind in types},
                "required": [name for name in self.fields if name not in self.absent],
                "additionalProperties": False,
            }
        return {"description": self.description, **schema} if self.description else schema


def answer(name: str, fields: Mapping[str, str], *absent: str, description: str = "") -> Mapping[str, str]:
    """An object of answers: with all its fields but the `absent` ones, and no others."""
    return Shape(name, fields, absent, description=description).fields


def request(name: str, fields: Mapping[str, str], description: str = "") -> Mapping[str, str]:
    """An object of requests: unknown fields are ignored."""
    return Shape(name, fields, is_request=True, description=description).fields


def schema_of(kind: str) -> Schema:
    if kind.endswith("?"):
        return _or_null(schema_of(kind[:-1]))
    if kind.startswith("["):
        return {"type": "array", "items": schema_of(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": schema_of(kind[1:-1])}
    if _ENUM.fullmatch(kind):
        return {"type": "string", "enum": kind.split("|")}
    return dict(_WORDS[kind]) if kind in _WORDS else {"$ref": f"#/components/schemas/{kind}"}


def _or_null(schema: Schema) -> Schema:
    if not schema:
        return schema
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return schema if schema["type"] == "null" else {**schema, "type": [schema["type"], "null"]}


def named_in(schema: Any) -> Iterator[str]:
    """The names of the shapes that a schema refers to."""
    if isinstance(schema, dict):
        if isinstance(name := schema.get("$ref"), str):
            yield name.rsplit("/", 1)[1]
        for part in schema.values():
            yield from named_in(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from named_in(part)
