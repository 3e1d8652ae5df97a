"""Bodies of multipart/form-data: bounded before they are read, and none of their fields holds what no column can."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from workflow_engine.rest import convert
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body, check_length

OVERHEAD = 64 * 2**10  # of the form around its parts, in bytes


def check(request: HttpRequest, limit: int) -> None:
    """Refuses what is no form (415) or longer than `limit` bytes (413)."""
    if request.content_type != "multipart/form-data":
        raise RestError(
            f"The body has the type {convert.shown(request.content_type)}, it must be multipart/form-data.",
            status=415,
            type_name="NotSupportedException",
        )
    check_length(request, limit)


def fields(request: HttpRequest, names: Iterable[str]) -> Body:
    """Those of the text fields that are there and not empty."""
    values = {name: request.POST[name] for name in names if request.POST.get(name)}
    if any("\0" in value for value in values.values()):
        raise RestError("A form parameter holds the character NUL.")
    return Body(values)
