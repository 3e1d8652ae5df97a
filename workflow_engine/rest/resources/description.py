"""/openapi.json and /docs/: this API described, for programs and for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.addresses import root_of
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError

# Swagger UI sets styles from its script and draws its pictures from data addresses; nothing comes from another host.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def described(request: Any) -> dict[str, Any]:
    """The document with the address under which the caller reached it."""
    try:
        from workflow_engine.rest.description.document import document
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "drf_spectacular":
            raise
        raise RestError(
            "The description needs drf-spectacular, which is not installed: install the extra 'openapi'.",
            status=501,
            type_name="NotImplementedException",
        ) from None
    return {**document(), "servers": [{"url": root_of(request)}]}


class OpenApi(EngineView):
    """OpenAPI 3.1, as JSON."""

    def get(self, request: Request) -> HttpResponse:
        return json_answer(described(request._request))


class Docs(EngineView):
    """A page of Swagger UI, which comes with the package."""

    def get(self, request: Request) -> HttpResponse:
        context = {"csrf_token_of_caller": get_token(request._request)}
        page = render_to_string("workflow_engine/api_docs.html", context, request._request)
        answer = HttpResponse(page, content_type="text/html; charset=utf-8")
        answer["Content-Security-Policy"] = POLICY
        answer["Referrer-Policy"] = "same-origin"
        return answer


urlpatterns = [path("openapi.json", OpenApi.as_view()), path("docs/", Docs.as_view())]
