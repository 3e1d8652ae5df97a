"""The header `Idempotency-Key` (IETF draft httpapi-idempotency-key-header): the same key gives the same answer, once.

A view that understands it marks its `post` with `@idempotent`. Only what was carried out is remembered: a refusal changed
nothing, so the request may be sent again with the same key.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from workflow_engine.rest import convert
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services.errors import KeyReused
from workflow_engine.services.idempotency import Answer, KeyedRequest, once

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
MAX_LENGTH = 255
# The draft wants a quoted string; most clients send it bare.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE = re.compile(r"[!#-\[\]-~]+")

Handler = Callable[..., HttpResponse]


def idempotent(post: Handler) -> Handler:
    """For a `post` whose view reads its body with `body()`, or overrides `content()`."""

    @functools.wraps(post)
    def carry_out_once(view: Any, request: Request, **named: str) -> HttpResponse:
        key = key_of(request._request)
        if key is None:
            return post(view, request, **named)

        def carry_out() -> Answer:
            answer = post(view, request, **named)
            return Answer(status=answer.status_code, text=answer.content.decode())

        asked = KeyedRequest(
            caller=caller_of(request.user),
            method="POST",
            path=request.path,
            key=key,
            body_hash=digest_of(view, request._request),
        )
        try:
            return _http_answer(once(asked, carry_out))
        except KeyReused as error:
            raise RestError(str(error), status=422) from None

    return carry_out_once


def key_of(request: HttpRequest) -> str | None:
    """The key without its quotes; None without the header."""
    raw = request.headers.get(HEADER)
    if raw is None:
        return None
    text = raw.strip()
    if quoted := _QUOTED.fullmatch(text):
        key = re.sub(r"\\(.)", r"\1", quoted.group(1))
    elif _BARE.fullmatch(text):
        key = text
    else:
        raise RestError(f"The header {HEADER} is {convert.shown(raw)}: it must be a text of visible ASCII characters.")
    if not 1 <= len(key) <= MAX_LENGTH:
        raise RestError(f"The header {HEADER} has {len(key)} characters: it must have 1 to {MAX_LENGTH}.")
    return key


def caller_of(user: Any) -> str:
    """By id, because names may pass to others."""
    return f"{'credential' if isinstance(user, WorkerPrincipal) else 'user'} {user.pk}"


def digest_of(view: EngineView, request: HttpRequest) -> str:
    """Of what the request says, whatever the order of its fields or the boundary of its form."""
    parts = [request.META.get("QUERY_STRING", ""), view.content()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _http_answer(answer: Answer) -> HttpResponse:
    if answer.status == 204:
        found = no_content()
    else:
        found = HttpResponse(answer.text, content_type="application/json", status=answer.status)
    if answer.is_repeated:
        found[REPLAYED] = "true"
    return found
