"""HTTP/1.1 messages as bytes: just enough to pass them on unchanged and to look into them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    first_line: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    raw: bytes

    @property
    def status(self) -> int:
        return int(self.first_line.split(" ", 2)[1])

    @property
    def method(self) -> str:
        return self.first_line.split(" ", 1)[0]

    @property
    def path(self) -> str:
        return self.first_line.split(" ", 2)[1]

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


async def read(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None where the other side has closed the connection between two."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body, raw = await _chunks(reader)
        return Message(lines[0], headers, body, head + raw)
    body = await reader.readexactly(int(headers.get("content-length") or 0))
    return Message(lines[0], headers, body, head + body)


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    body, raw = b"", b""
    while True:
        size = await reader.readuntil(b"\r\n")
        part = await reader.readexactly(int(size.split(b";")[0], 16) + 2)
        raw += size + part
        if len(part) == 2:
            return body, raw
        body += part[:-2]
