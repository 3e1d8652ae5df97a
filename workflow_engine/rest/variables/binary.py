"""Files and bytes: downloads, and uploads as multipart/form-data."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from workflow_engine.rest import convert, multipart
from workflow_engine.rest.answers import file_answer
from workflow_engine.rest.errors import RestError, TooLarge
from workflow_engine.rest.limits import limits
from workflow_engine.values import FileValue

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_CHARSET = re.compile(r"[\w.:-]{1,40}", re.ASCII)


def binary_answer(value: Any, name: str) -> HttpResponse:
    if isinstance(value, bytes):
        return file_answer(value, name=name)
    if not isinstance(value, FileValue):
        raise RestError(f"Value of variable '{name[:300]}' is not a binary value.")
    # What a worker called a media type must not add headers or run as a page.
    kind = value.mimetype if value.mimetype and _MEDIA_TYPE.fullmatch(value.mimetype) else "application/octet-stream"
    if value.encoding and _CHARSET.fullmatch(value.encoding):
        kind += f"; charset={value.encoding}"
    return file_answer(value.data, name=value.filename, content_type=kind)


def uploaded_value(request: HttpRequest) -> FileValue | bytes:
    """The part `data`, as the part `valueType` says: File, or Bytes where there is none."""
    multipart.check(request, limits().max_variable_bytes + multipart.OVERHEAD)
    kind, part = request.POST.get("valueType", "Bytes"), request.FILES.get("data")
    # As elsewhere "file" is "File".
    kind = kind[:1].upper() + kind[1:]
    if kind not in ("File", "Bytes"):
        raise RestError(f"The valueType is {convert.shown(kind)}: it must be File or Bytes.")
    data = part.read() if part is not None else request.POST.get("data", "").encode()
    if part is None and "data" not in request.POST:
        raise RestError("The form has no part 'data'.")
    if len(data) > limits().max_variable_bytes:
        raise TooLarge(f"The value has {len(data)} bytes, at most {limits().max_variable_bytes} are allowed.")
    if kind == "Bytes":
        return data
    if part is None or not part.name or "\0" in part.name:
        raise RestError("The part 'data' has no file name.")
    return FileValue(
        filename=str(part.name),
        mimetype=part.content_type or "application/octet-stream",
        encoding=_encoding(part),
        data=data,
    )


def _encoding(part: UploadedFile) -> str | None:
    """`Content-Type: text/plain; encoding=UTF-8`, as Camunda reads it."""
    raw = (part.content_type_extra or {}).get("encoding") or b""
    text = raw.decode("ascii", "replace") if isinstance(raw, bytes) else str(raw)
    if text and not _CHARSET.fullmatch(text):
        raise RestError(
            f"The part 'data' has the encoding {convert.shown(text)}: it must be a short name such as UTF-8."
        )
    return text or None
