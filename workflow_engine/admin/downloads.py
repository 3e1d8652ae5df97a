"""Files that leave the server: always as a download, never as a page of this site."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attachment(content: bytes, name: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """Content from models and workers is not trusted: a browser that opened it as a page would run its scripts."""
    answer = HttpResponse(content, content_type=content_type)
    file_name = PurePosixPath(name.replace("\\", "/")).name or "file"
    header = content_disposition_header(as_attachment=True, filename=file_name)
    answer["Content-Disposition"] = header or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
