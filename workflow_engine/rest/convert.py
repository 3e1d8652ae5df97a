"""Values of query strings and JSON bodies, made into what they are meant to be. Raises ValueError with the end of a sentence.

As lenient as Camunda's parser: a number may come as text and text as a number; a list in a query string is comma-separated.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from workflow_engine.rest.dates import parse_date

INT_MAX, LONG_MAX = 2**31 - 1, 2**63 - 1
_INTEGER = re.compile(r"[+-]?\d{1,19}")


def text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(raw)
    raise ValueError("is not a text")


def boolean(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    raise ValueError("is neither true nor false")


def long(raw: Any) -> int:
    return _integer(raw, LONG_MAX, "64")


def integer(raw: Any) -> int:
    return _integer(raw, INT_MAX, "32")


def _integer(raw: Any, greatest: int, bits: str) -> int:
    if isinstance(raw, str) and _INTEGER.fullmatch(raw.strip()):
        raw = int(raw)
    if isinstance(raw, float) and raw == raw // 1:
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise ValueError("is not an integer")
    if not -greatest - 1 <= raw <= greatest:
        raise ValueError(f"does not fit into {bits} bits")
    return raw


def date(raw: Any) -> datetime:
    if not isinstance(raw, str):
        raise ValueError("is not a date such as 2026-11-21T00:59:25.123+0000")
    try:
        return parse_date(raw)
    except ValueError:
        raise ValueError("is not a date such as 2026-11-21T00:59:25.123+0000") from None


def text_list(raw: Any) -> list[str]:
    """From a query string `a,b,c`, from JSON a list of texts."""
    if isinstance(raw, str):
        return [part for part in raw.split(",") if part]
    if not isinstance(raw, list):
        raise ValueError("is not a list of texts")
    return [text(item) for item in raw]


def shown(raw: Any) -> str:
    """A value as it may stand in a message: short, and without line breaks that would forge log lines."""
    plain = raw if isinstance(raw, str) else repr(raw)
    return repr(plain if len(plain) <= 80 else plain[:80] + "...")
