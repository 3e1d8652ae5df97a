"""Engine values as `{"type": ..., "value": ..., "valueInfo": {...}}`."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow_engine.rest.dates import format_date
from workflow_engine.values import JSON_FORMAT, FileValue, JsonValue, ObjectValue, XmlValue, json_text, type_name

_JAVA_COLLECTIONS: dict[type, str] = {
    dict: "java.util.LinkedHashMap",
    list: "java.util.ArrayList",
    tuple: "java.util.ArrayList",
}


def presented(value: Any, *, deserialize: bool) -> dict[str, Any]:
    """`deserialize`: serialised objects as JSON instead of text, and Json and Xml as Camunda shows their nodes."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None or (kind is float and math.isfinite(value)):
        return {"type": type_name(value), "value": value, "valueInfo": {}}
    shown, info = _complex(value, deserialize)
    return {"type": type_name(value), "value": shown, "valueInfo": info}


def presented_variables(values: Mapping[str, Any], *, deserialize: bool) -> dict[str, Any]:
    return {name: presented(value, deserialize=deserialize) for name, value in values.items()}


def _complex(value: Any, deserialize: bool) -> tuple[Any, dict[str, Any]]:
    if isinstance(value, float):
        # As Jackson writes what JSON has no number for.
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity", {}
    if isinstance(value, datetime):
        return format_date(value), {}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode(), {}
    if isinstance(value, FileValue):
        # The content has an address of its own: .../data.
        info = {"encoding": value.encoding, "filename": value.filename, "mimeType": value.mimetype}
        return None, {key: part for key, part in info.items() if part is not None}
    if isinstance(value, JsonValue):
        return (_spin_node(value) if deserialize else value.text), {}
    if isinstance(value, XmlValue):
        return ({"dataFormatName": "application/xml"} if deserialize else value.text), {}
    if isinstance(value, ObjectValue):
        info = {"objectTypeName": value.object_type_name, "serializationDataFormat": value.serialization_data_format}
        is_json = deserialize and value.serialization_data_format == JSON_FORMAT
        return (JsonValue(value.text).plain() if is_json else value.text), info
    if isinstance(value, dict | list | tuple):
        info = {"objectTypeName": _JAVA_COLLECTIONS[type(value)], "serializationDataFormat": JSON_FORMAT}
        return (value if deserialize else json_text(value)), info
    return (int(value) if isinstance(value, int) else value), {}


def _spin_node(value: JsonValue) -> dict[str, Any]:
    """What Camunda makes of a JSON variable when asked to deserialise it: not the data, but the properties of its node."""
    node = value.node_type()
    return {
        "boolean": node == "BOOLEAN", "object": node == "OBJECT", "nodeType": node, "array": node == "ARRAY", "null": node == "NULL",
        "number": node == "NUMBER", "dataFormatName": JSON_FORMAT, "string": node == "STRING",
        "value": node in ("BOOLEAN", "STRING", "NUMBER", "NULL"),
    }  # fmt: skip
