"""How single values travel between the engine (plain Python, ids as text) and columns, per kind of column and database.

The engine's rows are written without Django's fields, so this file does what they would do, only faster.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models

from workflow_engine.engine.errors import BadInput

Convert = Callable[[Any], Any]

KINDS: dict[str, str] = {
    "UUIDField": "uuid",
    "CharField": "text",
    "TextField": "text",
    "BooleanField": "bool",
    "SmallIntegerField": "int",
    "IntegerField": "int",
    "PositiveIntegerField": "int",
    "BigIntegerField": "int",
    "FloatField": "float",
    "DateTimeField": "datetime",
    "JSONField": "json",
    "BinaryField": "bytes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`attribute` is the engine's name of it, `name` the database's; for references both end in "_id"."""

    attribute: str
    name: str
    kind: str
    max_length: int | None
    default: Any
    label: str

    @classmethod
    def of(cls, field: models.Field[Any, Any]) -> Column:
        target: Any = field
        while target.is_relation:
            target = target.target_field
        return cls(
            attribute=field.attname,
            name=field.column or field.attname,
            kind=KINDS[target.get_internal_type()],
            max_length=target.max_length if target.get_internal_type() == "CharField" else None,
            default=field.get_default() if field.has_default() and not field.primary_key else None,
            label=f"{field.model._meta.verbose_name}: {field.verbose_name}",
        )

    def check(self, text: str) -> str:
        """Refuses on every database what only some would refuse, and in words that a person understands."""
        if self.max_length is not None and len(text) > self.max_length:
            raise BadInput(
                f"Cannot store {self.label}: {len(text)} characters are too many, at most {self.max_length} fit."
            )
        if "\0" in text or (not text.isascii() and _has_surrogates(text)):
            raise BadInput(f"Cannot store {self.label}: it contains a character that is no text.")
        return text


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


# -- SQLite: ids are 32 hex digits, times are text in UTC, JSON is text --------------------------------------------------


def id_to_hex(value: str) -> str:
    return value.replace("-", "")


def id_from_hex(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def time_to_text(value: datetime) -> str:
    """As Django writes it; a naive time counts as UTC."""
    return str(value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value)


def time_from_any(value: datetime | str) -> datetime:
    """A column comes back as text or as datetime, depending on whether SQLite remembers its declared type."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def json_to_text(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def json_from_any(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


SQLITE_TO: dict[str, Convert] = {"uuid": id_to_hex, "datetime": time_to_text, "json": json_to_text}
SQLITE_FROM: dict[str, Convert] = {
    "uuid": id_from_hex,
    "datetime": time_from_any,
    "json": json_from_any,
    "bool": bool,
    "bytes": bytes,
}

# -- PostgreSQL: many rows travel as one JSON document, single values as parameters; ids are read as text ----------------


def bytes_to_json(value: bytes) -> str:
    return "\\x" + bytes(value).hex()


def time_to_json(value: datetime) -> str:
    return value.isoformat() if value.tzinfo else value.isoformat() + "+00:00"


def float_to_json(value: float) -> float | str:
    """What an expression computed may be infinite or no number; JSON has neither, the column has both."""
    return value if math.isfinite(value) else str(value)


POSTGRESQL_TO_JSON: dict[str, Convert] = {"datetime": time_to_json, "bytes": bytes_to_json, "float": float_to_json}
POSTGRESQL_TO: dict[str, Convert] = {"json": json_to_text}
POSTGRESQL_TO_PARAMETER: dict[str, Convert] = {
    "json": json_to_text,
    "datetime": time_to_json,
    "float": str,
    "bool": {False: "f", True: "t"}.__getitem__,
}
POSTGRESQL_FROM: dict[str, Convert] = {"json": json_from_any, "bytes": bytes}
POSTGRESQL_TYPES: dict[str, str] = {
    "uuid": "uuid",
    "text": "text",
    "bool": "boolean",
    "int": "bigint",
    "float": "double precision",
    "datetime": "timestamptz",
    "json": "jsonb",
    "bytes": "bytea",
}
