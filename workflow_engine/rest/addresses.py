"""Where things of the API live, for the links in answers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse

NAMESPACE = "workflow_engine_rest"


def root_of(request: HttpRequest) -> str:
    """The API's absolute address without a slash at its end."""
    namespace = request.resolver_match.namespace if request.resolver_match else ""
    return f"{request.scheme}://{request.get_host()}{_path(namespace, get_urlconf(), get_script_prefix())}"


@lru_cache(maxsize=64)
def _path(namespace: str, urlconf: Any, script_prefix: str) -> str:
    """A site may have put the API anywhere; all that `reverse` depends on is an argument, so that its answer can be kept."""
    return reverse(f"{NAMESPACE}:version", urlconf=urlconf, current_app=namespace).rsplit("/", 1)[0]


def link(request: HttpRequest, path: str, *, rel: str = "self", method: str = "GET") -> dict[str, Any]:
    return {"method": method, "href": f"{root_of(request)}/{path}", "rel": rel}
