"""Who does something: a name for history and logs."""

from __future__ import annotations

from typing import Any


def name_of(user: Any) -> str | None:
    """Of a name or of one of Django's users; None for nobody in particular."""
    if user is None or isinstance(user, str):
        return user or None
    get_username = getattr(user, "get_username", None)
    return str(get_username()) if callable(get_username) else str(user)
