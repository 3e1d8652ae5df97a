"""Typed values: what a variable can hold, under the type names of Camunda 7.

Short and Long are integers that remember their Java type, a plain int is an Integer while it fits 32 bits, float is Double,
datetime is Date, None is Null; the classes below hold what Python has no type for. Values never run code: a serialised Java
object stays text. This module must never import Django, the engine or the expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_engine.json_text import JsonError, double_text, parse, write

__all__ = [
    "FileValue", "JsonError", "JsonValue", "Long", "ObjectValue", "Short", "Transient", "XmlValue", "double_text", "json_text", "type_name",
]  # fmt: skip

INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
JSON_FORMAT = "application/json"
_MISSING: Any = object()


class Long(int):
    """A 64-bit integer: what every integer literal and integer arithmetic of an expression gives."""

    __slots__ = ()


class Short(int):
    """A 16-bit integer."""

    __slots__ = ()


class JsonValue:
    """JSON as it was sent, parsed when first looked into, with Spin's navigation. Treat `data` as read-only."""

    __slots__ = ("_compact", "_data", "_java_floats", "_text")

    def __init__(self, text: str) -> None:
        self._text: str | None = text
        self._data: Any = _MISSING
        self._compact: str | None = None
        self._java_floats = True  # may the data hold a number that Java and Python write differently?

    @classmethod
    def of(cls, data: Any) -> JsonValue:
        """The JSON of some Python data, which must not be changed afterwards."""
        value = cls("")
        value._text, value._data = None, data
        return value

    @property
    def text(self) -> str:
        return self.compact() if self._text is None else self._text

    @property
    def data(self) -> Any:
        if self._data is _MISSING:
            self._data, self._java_floats = parse(self._text or "")
        return self._data

    def compact(self) -> str:
        """The text without white space, numbers in Java's notation: what Camunda writes once it has read the value."""
        if self._compact is None:
            data = self.data
            self._compact = write(data, java_floats=self._java_floats)
        return self._compact

    def normalised(self) -> JsonValue:
        """The same value with the compact text."""
        if self._text is not None and self._text != self.compact():
            value = JsonValue.of(self.data)
            value._compact = self._compact
            return value
        return self

    def plain(self) -> Any:
        """A copy in dict, list and scalars, for whoever may change it."""
        return _plain(self.data)

    # -- Spin's navigation ------------------------------------------------------------------------------------------

    def prop(self, name: str) -> JsonValue:
        if not self.has_prop(name):
            raise JsonError(f"Unable to find '{name}'")
        return JsonValue.of(self.data[name])

    def has_prop(self, name: str) -> bool:
        return isinstance(self.data, dict) and name in self.data

    def elements(self) -> list[JsonValue]:
        return [JsonValue.of(item) for item in self._expect(list, "SpinList")]

    def field_names(self) -> list[str]:
        if isinstance(self.data, list):
            return []
        return list(self._expect(dict, "Array/Object"))

    def string_value(self) -> str:
        return str(self._expect(str, "String"))

    def number_value(self) -> int | float:
        number: int | float = _plain(self._expect((int, float), "Number"))
        return number

    def bool_value(self) -> bool:
        return bool(self._expect(bool, "Boolean"))

    def value(self) -> Any:
        if isinstance(self.data, (dict, list)):
            self._expect((), "String/Number/Boolean/Null")
        return _plain(self.data)

    def is_null(self) -> bool:
        return self.data is None

    def node_type(self) -> str:
        """Jackson's name of the kind of node."""
        data = self.data
        if isinstance(data, bool):
            return "BOOLEAN"
        if isinstance(data, (int, float)):
            return "NUMBER"
        return "NULL" if data is None else _NODE_TYPES[type(data)]

    def child(self, key: str | int) -> Any:
        """The raw data under a property name or an index; None if there is none."""
        data = self.data
        if isinstance(data, list):
            return data[key] if isinstance(key, int) and 0 <= key < len(data) else None
        return data.get(key) if isinstance(data, dict) else None

    def _expect(self, kind: type | tuple[type, ...], name: str) -> Any:
        data = self.data
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            raise JsonError(f"Expected '{name}', got '{self.node_type()}'")
        return data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsonValue) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"JsonValue({self.text!r})"


@dataclass(frozen=True, slots=True)
class XmlValue:
    """XML as text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ObjectValue:
    """A serialised object: text, the name of its class and its format. It is never made into an object again."""

    text: str
    object_type_name: str
    serialization_data_format: str

    @property
    def json(self) -> JsonValue | None:
        """The content, when it is JSON."""
        if self.serialization_data_format != JSON_FORMAT:
            return None
        cached: JsonValue | None = self.__dict__.get("_json")
        if cached is None:
            cached = self.__dict__["_json"] = JsonValue(self.text)
        return cached


@dataclass(frozen=True, slots=True, kw_only=True)
class FileValue:
    """A file with its name and, if known, its media type and encoding."""

    filename: str
    mimetype: str | None = None
    encoding: str | None = None
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Transient:
    """For a variable that the instance has only until the transaction ends: it is never written, and history never hears of it."""

    value: Any


_NODE_TYPES: dict[type, str] = {dict: "OBJECT", list: "ARRAY", str: "STRING"}
_NAMES: dict[type, str] = {
    type(None): "Null", bool: "Boolean", Short: "Short", Long: "Long", float: "Double", str: "String", datetime: "Date",
    bytes: "Bytes", FileValue: "File", JsonValue: "Json", XmlValue: "Xml", ObjectValue: "Object", dict: "Object", list: "Object",
    tuple: "Object",
}  # fmt: skip


def type_name(value: object) -> str:
    """Camunda's name of a value's type; TypeError for what no variable can hold."""
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    if type(value) is int:
        return "Integer" if INTEGER_MIN <= value <= INTEGER_MAX else "Long"
    for kind in (str, datetime, float, bytes, dict, list):
        if isinstance(value, kind):
            return _NAMES[kind]
    raise TypeError(f"A variable cannot hold a value of type '{type(value).__qualname__}'")


def json_text(data: object) -> str:
    """The JSON text under which plain lists and maps are stored; JsonError for what JSON cannot hold."""
    return write(data, java_floats=True)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(item) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(item) for item in data]
    return narrow(data)


def narrow(value: Any) -> Any:
    """No type holds an integer over 64 bits, so it is read as a Double; everything else stays."""
    if type(value) is not int or LONG_MIN <= value <= LONG_MAX:
        return value
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
