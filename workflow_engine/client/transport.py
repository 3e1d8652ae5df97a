"""JSON over HTTP/1.1 with connections that stay open. Threads may share a transport; each call borrows a connection."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlencode, urlsplit

from workflow_engine.client import tracing
from workflow_engine.client.auth import Auth
from workflow_engine.client.errors import EngineRefused, EngineUnavailable

# Overload, or a proxy that does not reach the engine: the same call may succeed later.
TEMPORARY = frozenset({408, 425, 429, 502, 503, 504})


class Transport:
    def __init__(self, base_url: str, auth: Auth | None = None, *, timeout: float = 20.0) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"The engine's address must look like http://host:port/engine-rest, not {base_url!r}.")
        if parts.username or parts.password:
            raise ValueError("Give user and password as auth=(user, password), not in the engine's address.")
        self.base_url = base_url
        self._scheme, self._host, self._port, self._root = (
            parts.scheme,
            parts.hostname,
            parts.port,
            parts.path.rstrip("/"),
        )
        self._auth = auth
        self._timeout = timeout
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path + ("?" + urlencode(query) if query else ""))

    def post(self, path: str, body: Any = None, *, timeout: float | None = None) -> Any:
        return self.request("POST", path, {} if body is None else body, timeout=timeout)

    def request(self, method: str, path: str, body: Any = None, *, timeout: float | None = None) -> Any:
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        status, answer = self._exchange(method, self._root + path, data, timeout or self._timeout)
        if status in TEMPORARY:
            raise EngineUnavailable(f"{method} {path}: the engine answered {status}")
        parsed = _parsed(answer)
        if status >= 300:
            raise self._refusal(status, parsed)
        return parsed

    def _refusal(self, status: int, parsed: Any) -> EngineRefused:
        if isinstance(parsed, dict):
            return EngineRefused(status, str(parsed.get("type") or ""), str(parsed.get("message") or ""))
        return EngineRefused(status, "", f"no JSON in the answer; is {self.base_url} the engine's REST API?")

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _exchange(self, method: str, path: str, data: bytes | None, timeout: float) -> tuple[int, bytes]:
        """A connection that lay idle may have been closed by the server meanwhile; then a new one is tried, once."""
        connection = self._borrow()
        if connection is not None:
            try:
                return self._send(connection, method, path, data, timeout)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                connection.close()
            except (OSError, http.client.HTTPException) as error:
                raise self._unavailable(connection, method, path, error) from error
        connection = self._connect(timeout)
        try:
            return self._send(connection, method, path, data, timeout)
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable(connection, method, path, error) from error

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, data: bytes | None, timeout: float
    ) -> tuple[int, bytes]:
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **tracing.headers()}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self._auth is not None:
            headers["Authorization"] = self._auth()
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        return response.status, answer

    def _borrow(self) -> http.client.HTTPConnection | None:
        # The latest first: the others may then grow old together and be dropped by the server.
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=timeout)

    def _unavailable(
        self, connection: http.client.HTTPConnection, method: str, path: str, error: Exception
    ) -> EngineUnavailable:
        connection.close()
        return EngineUnavailable(f"{method} {path}: no answer from {self.base_url} ({type(error).__name__}: {error})")


def _parsed(answer: bytes) -> Any:
    try:
        return json.loads(answer) if answer else None
    except ValueError:
        return None
