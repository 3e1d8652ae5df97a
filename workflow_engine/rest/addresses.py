"""Where things of the API live, for the links in answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

NAMESPACE = "workflow_engine_rest"


def root_of(request: HttpRequest) -> str:
    """The API's absolute address without a slash at its end."""
    match = request.resolver_match
    version = reverse(f"{NAMESPACE}:version", current_app=match.namespace if match else None)
    return str(request.build_absolute_uri(version.rsplit("/", 1)[0]))


def link(request: HttpRequest, path: str, *, rel: str = "self", method: str = "GET") -> dict[str, Any]:
    return {"method": method, "href": f"{root_of(request)}/{path}", "rel": rel}
