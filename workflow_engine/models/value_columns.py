"""The columns that hold one engine value, shared by variables and their history; and the way from a value to them and back."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import values
from workflow_engine.values import FileValue, JsonValue, Long, ObjectValue, Short, XmlValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Columns(NamedTuple):
    """One value, split. `info` is what its text or bytes alone do not say."""

    type_name: str
    text_value: str | None = None
    long_value: int | None = None
    double_value: float | None = None
    bytes_value: bytes | None = None
    value_info: dict[str, Any] | None = None


def to_columns(value: Any) -> Columns:
    """TypeError for what no variable can hold, JsonError for lists and maps that JSON cannot hold."""
    name = values.type_name(value)
    if name == "Null":
        return Columns(name)
    if name in ("String", "Json", "Xml"):
        return Columns(name, text_value=str(value) if name == "String" else value.text)
    if name in ("Integer", "Long", "Short", "Boolean"):
        return Columns(name, long_value=int(value))
    if name == "Double":
        return Columns(name, double_value=float(value))
    if name == "Date":
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return Columns(name, long_value=(moment - _EPOCH) // _MILLISECOND)
    if name == "Bytes":
        return Columns(name, bytes_value=bytes(value))
    if name == "File":
        info = {"filename": value.filename, "mimetype": value.mimetype, "encoding": value.encoding}
        return Columns(name, bytes_value=value.data, value_info=info)
    return _object_columns(value)


def _object_columns(value: Any) -> Columns:
    if not isinstance(value, ObjectValue):
        # Plain lists and maps from Python code are kept as what a Java site would make of the same JSON.
        kind = "java.util.LinkedHashMap" if isinstance(value, dict) else "java.util.ArrayList"
        value = ObjectValue(
            text=values.json_text(value), object_type_name=kind, serialization_data_format=values.JSON_FORMAT
        )
    info = {"objectTypeName": value.object_type_name, "serializationDataFormat": value.serialization_data_format}
    return Columns("Object", text_value=value.text, value_info=info)


def from_columns(columns: Columns) -> Any:
    """The engine value. A type name of a newer version is kept as text rather than refused."""
    name, text, number, double, data, info = columns
    if name == "String":
        return text
    if name == "Json":
        return JsonValue(text or "")
    if name == "Integer":
        return number
    if name in ("Long", "Short"):
        return (Long if name == "Long" else Short)(number or 0)
    if name == "Boolean":
        return bool(number)
    if name == "Double":
        # SQLite stores what is no number as NULL.
        return math.nan if double is None else double
    if name == "Date":
        return _EPOCH + _MILLISECOND * (number or 0)
    if name == "Bytes":
        return data
    if name == "Xml":
        return XmlValue(text or "")
    if name == "File":
        return FileValue(data=data or b"", **{"filename": "", **(info or {})})
    if name == "Object":
        known = info or {}
        return ObjectValue(
            text=text or "",
            object_type_name=known.get("objectTypeName", ""),
            serialization_data_format=known.get("serializationDataFormat", values.JSON_FORMAT),
        )
    return text


class ValueColumns(models.Model):
    """One column per kind of value, so that queries by value mean the same on every database.

    `long_value` also holds booleans (0, 1) and dates (milliseconds since 1970); `text_value` also JSON, XML and serialised
    objects. Read `value` to get the engine value back.
    """

    type_name = models.CharField(_("type"), max_length=64)
    text_value = models.TextField(_("text value"), null=True, blank=True)
    long_value = models.BigIntegerField(_("number value"), null=True, blank=True)
    double_value = models.FloatField(_("floating point value"), null=True, blank=True)
    bytes_value = models.BinaryField(_("bytes"), null=True, blank=True)
    value_info = models.JSONField(_("value info"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_without_value(self) -> bool:
        """A type and nothing else: the update that removed a variable."""
        given = (self.text_value, self.long_value, self.double_value, self.bytes_value)
        return self.type_name != "Null" and given == (None, None, None, None)

    @property
    def value(self) -> Any:
        """The engine value (see `workflow_engine.values`)."""
        data = None if self.bytes_value is None else bytes(self.bytes_value)
        return from_columns(
            Columns(self.type_name, self.text_value, self.long_value, self.double_value, data, self.value_info)
        )
