"""Which rows a person may see in the admin: those of his tenants and those without one, as in the API."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from workflow_engine.services.visibility import Visibility, visible_tenants

_REMEMBERED = "_workflow_engine_visibility"


def seen_by(request: HttpRequest) -> Visibility:
    """Asked once for each request."""
    found: Visibility | None = getattr(request, _REMEMBERED, None)
    if found is None:
        found = Visibility(find_tenants=partial(visible_tenants, request.user))
        setattr(request, _REMEMBERED, found)
    return found


def visible_rows(request: HttpRequest, rows: Any) -> Any:
    return seen_by(request).narrow(rows)
