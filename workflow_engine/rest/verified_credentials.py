"""Remembers which user name and password were right, so that not every request costs a password hash.

What is kept is no password: the key is an HMAC of name and password under the site's secret, the entry names the user and a
fingerprint of the stored hash. An entry only spares the hashing. Each request still reads the user's row, so a new password, a disabled
or a deleted user is refused at once, in every process.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.http import HttpRequest

SECONDS_TO_LIVE = 300.0
MAX_ENTRIES = 1_000

_lock = threading.Lock()
_entries: OrderedDict[bytes, tuple[Any, bytes, float]] = OrderedDict()


def verify(request: HttpRequest, username: str, password: str) -> Any | None:
    """The active user with this name and password, or None."""
    key = hmac.digest(_secret(), f"{len(username)}:{username}{password}".encode(), "sha256")
    if (user := _remembered(key)) is not None:
        return user
    user = authenticate(request, username=username, password=password)
    if user is None or not user.is_active:
        return None
    # Read again: a backend that just renewed the hash leaves an old one on its object.
    if (fresh := _read(user.pk)) is not None:
        _remember(key, fresh)
    return user


def forget_all() -> None:
    with _lock:
        _entries.clear()


def _remembered(key: bytes) -> Any | None:
    with _lock:
        entry = _entries.get(key)
    if entry is None:
        return None
    user_id, fingerprint, until = entry
    user = _read(user_id) if time.monotonic() < until else None
    if user is None or not hmac.compare_digest(fingerprint, _fingerprint(user)):
        with _lock:
            _entries.pop(key, None)
        return None
    return user


def _remember(key: bytes, user: Any) -> None:
    with _lock:
        _entries[key] = (user.pk, _fingerprint(user), time.monotonic() + SECONDS_TO_LIVE)
        while len(_entries) > MAX_ENTRIES:
            _entries.popitem(last=False)


def _read(user_id: Any) -> Any | None:
    """One query by primary key."""
    user = get_user_model()._default_manager.filter(pk=user_id).first()
    return user if user is not None and user.is_active else None


def _fingerprint(user: Any) -> bytes:
    return hashlib.sha256(user.password.encode()).digest()


def _secret() -> bytes:
    return hashlib.sha256(b"workflow_engine.rest.verified_credentials" + str(settings.SECRET_KEY).encode()).digest()
