"""The body of a request: read under a limit, parsed once, and asked for its fields by name and type.

Unknown fields are ignored, as Camunda does; none is ever stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from workflow_engine.rest import convert, json_text
from workflow_engine.rest.errors import RestError, TooLarge
from workflow_engine.rest.limits import limits

MAX_TEXT = 255


class Body:
    """A JSON object. Every getter answers None (or the default) for a field that is absent or null."""

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self.values, self.path = values, path

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, max_length: int = MAX_TEXT) -> str | None:
        value: str | None = self._get(name, convert.text)
        if value is not None and len(value) > max_length:
            raise self.refusal(name, f"has {len(value)} characters, at most {max_length} are allowed")
        return value

    def required_text(self, name: str, max_length: int = MAX_TEXT) -> str:
        value = self.text(name, max_length)
        if not value:
            raise self.refusal(name, "is missing")
        return value

    def integer(
        self, name: str, default: int | None = None, *, minimum: int | None = None, maximum: int = convert.INT_MAX
    ) -> Any:
        value = self._get(name, convert.long)
        if value is None:
            return default
        if minimum is not None and value < minimum:
            raise self.refusal(name, f"is {value}, it must be at least {minimum}")
        if value > maximum:
            raise self.refusal(name, f"is {value}, it must be at most {maximum}")
        return value

    def boolean(self, name: str, default: bool = False) -> bool:
        value = self._get(name, convert.boolean)
        return default if value is None else value

    def optional_boolean(self, name: str) -> bool | None:
        return self._get(name, convert.boolean)

    def date(self, name: str) -> datetime | None:
        return self._get(name, convert.date)

    def text_list(self, name: str) -> list[str] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.refusal(name, "is not a list of texts")
        return self._get(name, convert.text_list)

    def object(self, name: str) -> Body | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refusal(name, "is not an object")
        return Body(value, f"{self.path}{name}.")

    def objects(self, name: str) -> list[Body] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refusal(name, "is not a list of objects")
        return [Body(item, f"{self.path}{name}[{index}].") for index, item in enumerate(value)]

    def refusal(self, name: str, reason: str) -> RestError:
        return RestError(f"The field '{self.path}{name}' {reason}.")

    def _get(self, name: str, converter: Callable[[Any], Any]) -> Any:
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return converter(value)
        except ValueError as error:
            raise RestError(f"The field '{self.path}{name}' with the value {convert.shown(value)} {error}.") from None


def check_length(request: HttpRequest, limit: int) -> int:
    """The announced length of the body, which must be there: WSGI cannot read a body of unknown length."""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        raise RestError("The body has no Content-Length: send it in one piece.", status=411)
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise RestError("The Content-Length is not a number.") from None
    if length > limit:
        raise TooLarge(f"The body has {length} bytes, at most {limit} are allowed.")
    return length


def read_json(request: HttpRequest) -> Any:
    """The JSON value of the body; an empty body is an empty object, as for Camunda."""
    limit = limits().max_body_bytes
    length = check_length(request, limit)
    if not length:
        return {}
    content_type = request.content_type or ""
    if content_type != "application/json" and not content_type.endswith("+json"):
        raise RestError(
            f"The body has the type {convert.shown(request.content_type)}, it must be application/json.",
            status=415,
            type_name="NotSupportedException",
        )
    data = request.read(limit + 1)
    if not data.strip():
        return {}
    try:
        return json_text.loads(data)
    except ValueError as error:
        raise RestError(f"The body was refused: {error}.") from None


def read_body(request: HttpRequest) -> Body:
    value = read_json(request)
    if not isinstance(value, dict):
        raise RestError("The body is not a JSON object.")
    return Body(value)
