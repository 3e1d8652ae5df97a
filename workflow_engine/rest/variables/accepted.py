"""`{"value": 5, "type": "Integer", "valueInfo": {}}` of a request, made into an engine value. What fits no type is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from workflow_engine.rest import convert, json_text
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.variables.order import in_hash_order
from workflow_engine.rest.variables.xml_text import check_well_formed
from workflow_engine.values import (
    JSON_FORMAT,
    LONG_MAX,
    LONG_MIN,
    FileValue,
    JsonValue,
    Long,
    ObjectValue,
    Short,
    Transient,
    XmlValue,
)
from workflow_engine.values import json_text as compact_json

SHORT_MAX, MAX_NAME = 2**15 - 1, 255
JAVA_FORMAT = "application/x-java-serialized-object"


def accepted_variables(body: Body, name: str, *, may_be_transient: bool = False) -> dict[str, Any]:
    """The engine values of a field such as `variables`; {} where it is absent. Transient ones only where they are set at once."""
    field = body.object(name)
    if field is None:
        return {}
    if len(field.values) > limits().max_variables:
        raise body.refusal(
            name, f"holds {len(field.values)} variables, at most {limits().max_variables} are allowed in one request"
        )
    return in_hash_order(
        {
            key: accepted_value(key, raw, may_be_transient=may_be_transient)
            for key, raw in field.values.items()
            if check_name(key)
        }
    )


def check_name(name: str) -> bool:
    if not name or len(name) > MAX_NAME:
        raise RestError(f"The variable name {convert.shown(name)} is refused: it must have 1 to {MAX_NAME} characters.")
    return True


def accepted_value(name: str, raw: Any, *, may_be_transient: bool = False) -> Any:
    if not isinstance(raw, dict):
        raise RestError(
            f'Cannot set variable \'{name}\': it must be an object such as {{"value": 5, "type": "Integer"}}.'
        )
    value, kind, info = raw.get("value"), raw.get("type"), raw.get("valueInfo") or {}
    if not isinstance(info, dict):
        raise RestError(f"Cannot set variable '{name}': its valueInfo is not an object.")
    try:
        accepted = _checked_size(_untyped(value) if kind is None else _typed(value, kind, info))
        return Transient(accepted) if _is_transient(info, may_be_transient) else accepted
    except ValueError as error:
        what = (
            f"the value {convert.shown(value)} of type '{kind}'"
            if kind is not None
            else f"the value {convert.shown(value)}"
        )
        raise RestError(f"Cannot set variable '{name}': {what} {error}.") from None


def _is_transient(info: dict[str, Any], is_allowed: bool) -> bool:
    found = info.get("transient")
    if found is not None and not isinstance(found, bool):
        raise ValueError("has a valueInfo.transient that is neither true nor false")
    if found and not is_allowed:
        raise ValueError("is transient, which has no meaning here: it is not set at once")
    return found is True


def _untyped(value: Any) -> Any:
    """Without a type the JSON value tells it; lists and objects are kept as serialised objects."""
    if isinstance(value, int) and not isinstance(value, bool) and not LONG_MIN <= value <= LONG_MAX:
        raise ValueError("does not fit into 64 bits")
    return value


def _typed(value: Any, kind: Any, info: dict[str, Any]) -> Any:
    # Camunda reads "integer" as "Integer".
    reader = _READERS.get(kind[:1].upper() + kind[1:]) if isinstance(kind, str) else None
    if reader is None:
        raise ValueError(f"has an unsupported type; the types are {', '.join(_READERS)}")
    if value is None and reader not in (_file, _object):
        return None
    return reader(value, info)


def _null(value: Any, info: dict[str, Any]) -> None:
    raise ValueError("is not null")


def _boolean(value: Any, info: dict[str, Any]) -> bool:
    return convert.boolean(value)


def _whole(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("is not an integer")
    return value


def _short(value: Any, info: dict[str, Any]) -> Short:
    number = convert.integer(_whole(value))
    if not -SHORT_MAX - 1 <= number <= SHORT_MAX:
        raise ValueError("does not fit into 16 bits")
    return Short(number)


def _integer(value: Any, info: dict[str, Any]) -> int:
    return convert.integer(_whole(value))


def _long(value: Any, info: dict[str, Any]) -> Long:
    return Long(convert.long(_whole(value)))


def _double(value: Any, info: dict[str, Any]) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("is not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("is not a finite number")
    return number


def _string(value: Any, info: dict[str, Any]) -> str:
    return convert.text(value)


def _bytes(value: Any, info: dict[str, Any]) -> bytes:
    if not isinstance(value, str):
        raise ValueError("is not a text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not a text in base64") from None


def _file(value: Any, info: dict[str, Any]) -> FileValue:
    name = info.get("filename")
    if not isinstance(name, str) or not name:
        raise ValueError("is a file without name: put it into valueInfo.filename")
    parts = [info.get("mimetype") or info.get("mimeType"), info.get("encoding")]
    if any(
        part is not None and (not isinstance(part, str) or len(part) > MAX_NAME or not part.isprintable())
        for part in parts
    ):
        raise ValueError("has a mimetype or encoding that is not a short text")
    return FileValue(filename=name, mimetype=parts[0], encoding=parts[1], data=_bytes(value or "", info))


def _json(value: Any, info: dict[str, Any]) -> JsonValue:
    if not isinstance(value, str):
        raise ValueError("is not a text that holds JSON")
    # Parsed now, or every later reader would fail on it.
    _check_json(value)
    return JsonValue(value)


def _xml(value: Any, info: dict[str, Any]) -> XmlValue:
    if not isinstance(value, str):
        raise ValueError("is not a text that holds XML")
    check_well_formed(value)
    return XmlValue(value)


def _object(value: Any, info: dict[str, Any]) -> ObjectValue | None:
    name, serialization = info.get("objectTypeName"), info.get("serializationDataFormat")
    if not (isinstance(name, str) and name and isinstance(serialization, str) and serialization):
        raise ValueError("needs valueInfo.objectTypeName and valueInfo.serializationDataFormat")
    if serialization == JAVA_FORMAT:
        raise ValueError(f"has the prohibited format {JAVA_FORMAT}: objects are kept as text")
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("is not a serialised object: give it as text")
    if serialization == JSON_FORMAT:
        _check_json(value)
    return ObjectValue(text=value, object_type_name=name, serialization_data_format=serialization)


def _check_json(text: str) -> None:
    try:
        json_text.loads(text.encode())
    except ValueError as error:
        raise ValueError(f"was refused: {error}") from None


def _checked_size(value: Any) -> Any:
    limit = limits().max_variable_bytes
    if (size := _size(value, limit)) > limit:
        raise ValueError(f"has {size} bytes, at most {limit} are allowed")
    return value


def _size(value: Any, limit: int) -> int:
    """In bytes; a text that is short enough anyway is not encoded only to be counted."""
    held = value.data if isinstance(value, FileValue) else getattr(value, "text", value)
    if isinstance(held, dict | list):
        held = compact_json(held)
    if isinstance(held, str):
        return len(held) if len(held) * 4 <= limit else len(held.encode())
    return len(held) if isinstance(held, bytes) else 0


_READERS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "Null": _null, "Boolean": _boolean, "Short": _short, "Integer": _integer, "Long": _long, "Double": _double, "String": _string,
    "Date": lambda value, info: convert.date(value), "Bytes": _bytes, "File": _file, "Json": _json, "Xml": _xml, "Object": _object,
}  # fmt: skip


def plain_values(body: Body, name: str) -> dict[str, Any]:
    """Variables without types, as filters give them: `{"n": 5}`."""
    field = body.object(name)
    if field is None:
        return {}
    for key, value in field.values.items():
        if isinstance(value, dict | list):
            raise field.refusal(key, "is neither text, number, boolean nor null")
        _untyped(value)
    return dict(field.values)
