"""Calls of the REST API as a careful client makes them: a connection each, and no answer is not the same as no."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from typing import Any

from tests.chaos.site import LOGIN

AUTHORIZATION = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()
TEMPORARY = frozenset({502, 503})
PAUSE = 0.3


class NoAnswer(Exception):
    """Nobody knows whether the request was carried out."""


class Caller:
    def __init__(self, port: int) -> None:
        self.port = port

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, timeout: float = 30
    ) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, f"/engine-rest{path}", None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()

    def insist(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, stop: threading.Event
    ) -> tuple[int, Any]:
        """Again and again until there is an answer that is meant; NoAnswer only after `stop`."""
        while True:
            try:
                status, answer = self.call(method, path, body, key=key)
                if status not in TEMPORARY:
                    return status, answer
            except NoAnswer:
                pass
            if stop.wait(PAUSE):
                raise NoAnswer(f"{method} {path}: not before the end")

    def rows(self, path: str, page: int = 5_000, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page; `query` has to sort them. For a site that is left in peace."""
        found: list[dict[str, Any]] = []
        given = "".join(f"&{name}={value}" for name, value in query.items())
        while True:
            status, answer = self.call("GET", f"{path}?firstResult={len(found)}&maxResults={page}{given}", timeout=120)
            if status != 200:
                raise RuntimeError(f"GET {path} is answered with {status}: {answer}")
            found += answer
            if len(answer) < page:
                return found
