"""What a batch does to each of its items, kept as JSON until the last of them is done. Values of variables keep their types."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.migration import MigrationInstruction, MigrationPlan
from workflow_engine.models.value_columns import Columns, from_columns
from workflow_engine.store.tables import value_columns

_KINDS = {kind.__name__: kind for kind in (ModificationInstruction, MigrationInstruction, MigrationPlan)}
_VARIABLES = ("variables", "local_variables")


def dumps(options: Mapping[str, Any]) -> str:
    return json.dumps({name: _packed(name, value) for name, value in options.items()})


def loads(text: str) -> dict[str, Any]:
    return {name: _unpacked(value) for name, value in json.loads(text).items()}


def _packed(name: str, value: Any) -> Any:
    if name in _VARIABLES:
        return {"variables": {key: _columns(key, one) for key, one in (value or {}).items()}}
    if isinstance(value, list | tuple):
        return [_packed("", item) for item in value]
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if is_dataclass(value):
        known = {field.name: _packed(field.name, getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, "fields": known}
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"A batch cannot keep the option '{name}' of type {type(value).__name__}.")


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpacked(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "variables" in value:
        return {name: _value(columns) for name, columns in value["variables"].items()}
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return _KINDS[value["kind"]](**{name: _unpacked(one) for name, one in value["fields"].items()})


def _columns(name: str, value: Any) -> dict[str, Any]:
    columns = value_columns(name, value)
    if columns["bytes_value"] is not None:
        columns["bytes_value"] = base64.b64encode(columns["bytes_value"]).decode()
    return columns


def _value(columns: dict[str, Any]) -> Any:
    data = columns["bytes_value"]
    return from_columns(Columns(**{**columns, "bytes_value": None if data is None else base64.b64decode(data)}))
