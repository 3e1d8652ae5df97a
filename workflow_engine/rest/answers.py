"""Answers made of plain values, past DRF's renderers and content negotiation: every answer of the engine is JSON or a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from workflow_engine.rest import json_text


def json_answer(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json_text.dumps(value), content_type="application/json", status=status)


def no_content() -> HttpResponse:
    answer = HttpResponse(status=204)
    del answer["Content-Type"]
    return answer


def text_answer(text: str | None) -> HttpResponse:
    """Plain text, such as a stack trace; 204 where there is none."""
    if not text:
        return no_content()
    return _guarded(HttpResponse(text, content_type="text/plain; charset=utf-8"))


def file_answer(data: bytes, *, name: str = "", content_type: str = "application/octet-stream") -> HttpResponse:
    """A download. Never shown inline: its content comes from whoever may start a process."""
    answer = HttpResponse(data, content_type=content_type or "application/octet-stream")
    plain = "".join(c if " " <= c <= "~" and c not in '"\\' else "_" for c in name)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return _guarded(answer)


def page_answer(content: bytes, content_type: str) -> HttpResponse:
    """For a client that puts it into a page of its own. Opened as a page by itself, it may run and load nothing."""
    return _guarded(HttpResponse(content, content_type=content_type))


def _guarded(answer: HttpResponse) -> HttpResponse:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
