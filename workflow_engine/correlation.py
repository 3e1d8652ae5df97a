"""What belongs together: an id that every log record of one request, job or sweep carries, and what else is known about it.

Kept in a context variable, so nobody has to hand it on: `bound` adds to what was bound before, for the code within.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from typing import Any, Self

from workflow_engine import ids

REQUEST_HEADER = "X-Request-ID"
# Letters, digits and what ids are made of: it goes into logs and back into a header.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}", re.ASCII)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}", re.ASCII)

Details = Callable[[], Mapping[str, Any]]


class bound:  # noqa: N801 - used as a statement: `with bound(job_id=...)`
    """`details` is asked only when something is logged. Costs a microsecond, so it may stand around every command."""

    __slots__ = ("_details", "_fields", "_outer", "_token")

    def __init__(self, details: Details | None = None, /, **fields: Any) -> None:
        self._fields, self._details = fields, details
        self._outer: bound | None = None
        self._token: Token[bound | None] | None = None

    def __enter__(self) -> Self:
        self._outer = _current.get()
        self._token = _current.set(self)
        return self

    def __exit__(self, *error: object) -> None:
        assert self._token is not None
        _current.reset(self._token)

    def all(self) -> dict[str, Any]:
        found = {} if self._outer is None else self._outer.all()
        more = {} if self._details is None else self._details()
        found.update({name: value for name, value in {**self._fields, **more}.items() if value is not None})
        return found


_current: ContextVar[bound | None] = ContextVar("workflow_engine_correlation", default=None)


def fields() -> dict[str, Any]:
    """Everything that is bound here, what was bound last counts."""
    scope = _current.get()
    return {} if scope is None else scope.all()


def current_id() -> str | None:
    scope = _current.get()
    while scope is not None:
        if (found := scope._fields.get("correlation_id")) is not None:
            return str(found)
        scope = scope._outer
    return None


def id_of(headers: Mapping[str, Any]) -> str:
    """Of a request, by the keys of its WSGI environment: as the caller says, if that is sane; else its trace's, else a new one."""
    given = headers.get("HTTP_X_REQUEST_ID")
    if given is not None and _SANE.fullmatch(given):
        return str(given)
    given = headers.get("HTTP_TRACEPARENT")
    if given is not None and is_traceparent(given):
        return str(given)[3:35]
    return ids.new_correlation_id()


def is_traceparent(text: str) -> bool:
    """Whether it is one of W3C Trace Context, with ids that are not all zeros."""
    found = _TRACEPARENT.fullmatch(text)
    return found is not None and any(c != "0" for c in found[1]) and any(c != "0" for c in found[2])
