"""Remembers which user name and password were right, so that not every request costs a password hash.

What is kept is no password: the key is a keyed hash of name and password under the site's secret, the entry holds the user and a
fingerprint of name and stored hash. An entry only spares the hashing. Each request still reads the user's row, so a new
password, a disabled, renamed or deleted user is refused at once, in every process.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest

from workflow_engine.rest import user_rows

SECONDS_TO_LIVE = 300.0
MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class _Entry:
    user: Any
    fingerprint: bytes
    until: float


_lock = threading.Lock()
_entries: OrderedDict[bytes, _Entry] = OrderedDict()


def verify(request: HttpRequest, username: str, password: str) -> Any | None:
    """The active user with this name and password, or None."""
    text = f"{len(username)}:{username}{password}".encode()
    key = hashlib.blake2b(text, key=_secret(str(settings.SECRET_KEY)), digest_size=32).digest()
    if (user := _remembered(key)) is not None:
        return user
    user = authenticate(request, username=username, password=password)
    if user is None or not user.is_active:
        return None
    _remember(key, user)
    return user


def forget_all() -> None:
    with _lock:
        _entries.clear()


def _remembered(key: bytes) -> Any | None:
    entry = _entries.get(key)
    if entry is None:
        return None
    row = user_rows.read(entry.user) if time.monotonic() < entry.until else None
    if row is None or not row.is_active or not hmac.compare_digest(entry.fingerprint, _fingerprint(row)):
        with _lock:
            _entries.pop(key, None)
        return None
    return user_rows.as_user(entry.user, row)


def _remember(key: bytes, user: Any) -> None:
    # Read again: a backend that has just renewed the hash leaves the old one on its object.
    row = user_rows.read(user)
    if row is None:
        return
    entry = _Entry(user_rows.as_user(user, row), _fingerprint(row), time.monotonic() + SECONDS_TO_LIVE)
    with _lock:
        _entries[key] = entry
        while len(_entries) > MAX_ENTRIES:
            _entries.popitem(last=False)


def _fingerprint(row: user_rows.UserRow) -> bytes:
    return hashlib.sha256(f"{len(row.username)}:{row.username}{row.password}".encode()).digest()


@lru_cache(maxsize=1)
def _secret(key: str) -> bytes:
    return hashlib.sha256(b"workflow_engine.rest.verified_credentials" + key.encode()).digest()
