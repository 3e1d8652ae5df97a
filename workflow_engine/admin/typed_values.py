"""Between the text of a form and an engine value. A text that does not fit its type is refused with a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from lxml import etree

from workflow_engine import conf, values
from workflow_engine.values import JsonError, JsonValue, Long, ObjectValue, Short, XmlValue

# What a form offers, in the order of use. Files and bytes are shown and downloaded, not typed.
TYPED = ("String", "Integer", "Long", "Double", "Boolean", "Date", "Json", "Xml", "Short", "Object", "Null")
SHORTENED = 200


def parse(type_name: str, text: str, previous: Any = None) -> Any:
    """The engine value; `previous` lends a serialised object its class."""
    if type_name == "Object":
        return _object(text, previous)
    reader = _READERS.get(type_name)
    if reader is None:
        raise ValidationError(_("Values of type %(type)s cannot be typed in.") % {"type": type_name})
    return reader(text)


def check_size(text: str) -> None:
    size, most = len(text.encode(errors="replace")), conf.current().max_variable_size
    if size > most:
        told = _("The value has %(size)d bytes, at most %(most)d are allowed.")
        raise ValidationError(told % {"size": size, "most": most})


def text_of(value: Any) -> str:
    """The whole value as a form shows it, so that `parse` gives the same value back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (JsonValue, XmlValue, ObjectValue)):
        return value.text
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="milliseconds")
    if isinstance(value, float):
        return values.double_text(value)
    if isinstance(value, bytes):
        return _("%(size)d bytes") % {"size": len(value)}
    if isinstance(value, values.FileValue):
        return f"{value.filename} ({_('%(size)d bytes') % {'size': len(value.data)}})"
    return str(value)


def is_typed(type_name: str) -> bool:
    return type_name in TYPED


def _whole(kind: Callable[[int], Any], bits: int) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            number = int(text.strip()) if len(text) < 40 else None
        except ValueError:
            number = None
        if number is None or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            told = _("'%(text)s' is no whole number of %(bits)d bits.")
            raise ValidationError(told % {"text": text[:SHORTENED], "bits": bits})
        return kind(number)

    return read


def _double(text: str) -> float:
    try:
        number = float(text.strip())
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValidationError(_("'%(text)s' is no number.") % {"text": text[:SHORTENED]})
    return number


def _boolean(text: str) -> bool:
    known = {"true": True, "false": False}.get(text.strip().lower())
    if known is None:
        raise ValidationError(_("'%(text)s' is neither true nor false.") % {"text": text[:SHORTENED]})
    return known


def _date(text: str) -> datetime:
    """ISO 8601; without a zone it is the site's."""
    try:
        day = parse_date(text.strip())
        moment = parse_datetime(text.strip()) if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    except ValueError:
        moment = None
    if moment is None:
        told = _("'%(text)s' is no date such as 2025-12-31T23:59:00+01:00.")
        raise ValidationError(told % {"text": text[:SHORTENED]})
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _json(text: str) -> JsonValue:
    value = JsonValue(text)
    try:
        value.data  # noqa: B018 - reads the text
    except JsonError as error:
        raise ValidationError(str(error)) from None
    return value


def _xml(text: str) -> XmlValue:
    """Well-formed, and without a document type: nothing is ever fetched or expanded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(text.encode(), parser).getroottree()
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise ValidationError(_("This is no well-formed XML: %(error)s") % {"error": error}) from None
    if tree.docinfo.doctype:
        raise ValidationError(_("XML with a document type definition is not accepted."))
    return XmlValue(text)


def _object(text: str, previous: Any) -> ObjectValue:
    known = previous if isinstance(previous, ObjectValue) else None
    if known is None or known.serialization_data_format == values.JSON_FORMAT:
        data = _json(text).data
        kind = known.object_type_name if known else "java.util.ArrayList"
        if known is None and isinstance(data, dict):
            kind = "java.util.LinkedHashMap"
        return ObjectValue(text=text, object_type_name=kind, serialization_data_format=values.JSON_FORMAT)
    return ObjectValue(
        text=text,
        object_type_name=known.object_type_name,
        serialization_data_format=known.serialization_data_format,
    )


_READERS: dict[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": _whole(int, 32),
    "Long": _whole(Long, 64),
    "Short": _whole(Short, 16),
    "Double": _double,
    "Boolean": _boolean,
    "Date": _date,
    "Json": _json,
    "Xml": _xml,
    "Null": lambda text: None,
}
