"""Variables on the wire: `{"value": ..., "type": ..., "valueInfo": ...}` and what they are in Python.

| Python                     | sent as          | arrives as |
| None, bool, str            | Null, Boolean, String | the same |
| int                        | Integer, or Long beyond 32 bits | int |
| float                      | Double           | float |
| datetime                   | Date             | aware datetime |
| Decimal, date, UUID        | String           | str; a type hint on the handler converts it |
| dict, list, tuple          | Json             | dict, list |
| bytes                      | Bytes            | bytes |
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that is sent exactly as given, for types that Python does not tell apart: Typed(5, "Long")."""

    value: Any
    type: str
    value_info: Mapping[str, Any] = field(default_factory=dict)


def encode_all(variables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    encoded = {}
    for name, value in variables.items():
        try:
            encoded[name] = encode(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"Cannot send variable {name!r}: {error}") from error
    return encoded


def encode(value: Any) -> dict[str, Any]:
    if isinstance(value, Typed):
        return {"value": value.value, "type": value.type, "valueInfo": dict(value.value_info)}
    type_, plain = _plain(value)
    return {"value": plain, "type": type_}


def _plain(value: Any) -> tuple[str, Any]:
    match value:
        case None:
            return "Null", None
        case bool():
            return "Boolean", value
        case int():
            if value not in _INT64:
                raise ValueError(f"{value} does not fit into 64 bits; send it as a string")
            return ("Integer" if value in _INT32 else "Long"), int(value)
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{value} is not a finite number")
            return "Double", value
        case str() | UUID() | Decimal():
            return "String", str(value)
        case datetime():
            return "Date", format_date(value)
        case date():
            return "String", value.isoformat()
        case bytes():
            return "Bytes", base64.b64encode(value).decode()
        case dict() | list() | tuple():
            return "Json", json.dumps(value, allow_nan=False)
    raise TypeError(f"{type(value).__name__} is no type of variable; give a dict, or Typed(value, type)")


def decode_all(variables: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any]:
    return {name: decode(variable) for name, variable in (variables or {}).items()}


def decode(variable: Mapping[str, Any]) -> Any:
    type_, value = str(variable.get("type") or "").lower(), variable.get("value")
    if value is None:
        return None
    if type_ == "date":
        return parse_date(value)
    if type_ == "bytes":
        return base64.b64decode(value)
    if isinstance(value, str) and (type_ == "json" or (type_ == "object" and _is_json(variable))):
        return json.loads(value)
    return value


def _is_json(variable: Mapping[str, Any]) -> bool:
    return (variable.get("valueInfo") or {}).get("serializationDataFormat") == "application/json"


def format_date(value: datetime) -> str:
    """As Camunda writes dates: 2026-01-31T12:00:00.000+0000. A naive datetime is taken for local time."""
    moment = value.astimezone() if value.tzinfo is None else value
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + moment.strftime("%z")[:5]


def parse_date(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
