"""What goes into the Authorization header."""

from __future__ import annotations

import base64
from collections.abc import Callable

# Asked before each request, so that a token may be renewed while the worker runs.
Auth = Callable[[], str]
# What users may write: (user, password), a bearer token, or a function that gives the whole header.
AuthLike = Auth | tuple[str, str] | str | None


def basic(user: str, password: str) -> Auth:
    header = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    return lambda: header


def bearer(token: str) -> Auth:
    return lambda: f"Bearer {token}"


def as_auth(auth: AuthLike) -> Auth | None:
    if isinstance(auth, tuple):
        return basic(*auth)
    if isinstance(auth, str):
        return bearer(auth)
    return auth
