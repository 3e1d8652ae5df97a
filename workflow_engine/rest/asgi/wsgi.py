"""A WSGI application behind an ASGI server: the environment of a request, and its answer, made in a thread."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from workflow_engine.rest.asgi.threads import Threads

Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]
Environ = dict[str, Any]

# Bodies up to this size are read before a thread is taken, larger ones in the thread as they arrive.
SMALL_BODY = 256 * 2**10
# Answers up to this size leave the thread in one piece.
SMALL_ANSWER = 256 * 2**10


class Disconnected(Exception):
    """The client went away before its request was complete."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class WsgiInThreads:
    """An ASGI application."""

    def __init__(self, application: Any, threads: Threads) -> None:
        self._application, self._threads = application, threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"This application speaks HTTP, not {scope['type']}.")
        environ = environ_of(scope)
        loop = asyncio.get_running_loop()
        try:
            if is_small(environ):
                environ["wsgi.input"] = io.BytesIO(await read_body(receive))
            else:
                environ["wsgi.input"] = io.BufferedReader(_LargeBody(receive, loop))
        except Disconnected:
            return

        async def send_one(message: dict[str, Any]) -> None:
            await send(message)  # what servers give back here need not be a coroutine

        def stream(message: dict[str, Any]) -> None:
            asyncio.run_coroutine_threadsafe(send_one(message), loop).result()

        answer = await self._threads.run(lambda: call(self._application, environ, stream))
        if answer is not None:
            await answer.send(send)


def call(application: Any, environ: Environ, stream: Callable[[dict[str, Any]], None] | None = None) -> Answer | None:
    """Asks the application. A large answer is sent by `stream` as it is made, and None is left to send."""
    head: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        head[:] = [
            int(status[:3]),
            [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        ]
        return parts.append

    parts: list[bytes] = []
    response = application(environ, start_response)
    try:
        is_streaming = _collect(response, parts, lambda: head, stream)
    finally:
        if hasattr(response, "close"):
            response.close()
    if is_streaming and stream is not None:
        stream({"type": "http.response.body", "body": b"".join(parts)})
        return None
    return Answer(head[0], head[1], parts[0] if len(parts) == 1 else b"".join(parts))


def _collect(
    response: Iterable[bytes],
    parts: list[bytes],
    head: Callable[[], list[Any]],
    stream: Callable[[dict[str, Any]], None] | None,
) -> bool:
    """Fills `parts`; whether it was too much for that, so that all but the last of it has been sent."""
    is_streaming, size = False, 0
    for part in response:
        parts.append(part)
        size += len(part)
        if stream is not None and (is_streaming or getattr(response, "streaming", False)) and size > SMALL_ANSWER:
            if not is_streaming:
                status, headers = head()
                stream({"type": "http.response.start", "status": status, "headers": headers})
                is_streaming = True
            stream({"type": "http.response.body", "body": b"".join(parts), "more_body": True})
            parts.clear()
            size = 0
    return is_streaming


def environ_of(scope: Scope) -> Environ:
    """As PEP 3333 wants it. Headers with an underscore are left out: they could pose as others."""
    root = scope.get("root_path", "")
    path = scope["path"]
    server = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": path.removeprefix(root).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = scope["client"][0], str(scope["client"][1])
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    return environ


def is_small(environ: Environ) -> bool:
    """Whether the body is known to be small. One of unknown length is not."""
    length = environ.get("CONTENT_LENGTH", "0" if "HTTP_TRANSFER_ENCODING" not in environ else "")
    return length.isascii() and length.isdigit() and int(length[:12]) <= SMALL_BODY


async def read_body(receive: Receive) -> bytes:
    body, is_complete = b"", False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        is_complete = not message.get("more_body", False)
    return body


class _LargeBody(io.RawIOBase):
    """Read by the request's thread, which waits for each part."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest = b""
        self._is_complete = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and not self._is_complete:
            message = asyncio.run_coroutine_threadsafe(self._receive_one(), self._loop).result()
            if message["type"] == "http.disconnect":
                raise OSError("The client went away before its request was complete.")
            self._rest = message.get("body", b"")
            self._is_complete = not message.get("more_body", False)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    async def _receive_one(self) -> Any:
        return await self._receive()
