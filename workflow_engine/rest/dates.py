"""Dates as text: Camunda's `yyyy-MM-dd'T'HH:mm:ss.SSSZ` in every answer; that and ISO 8601 in every request."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.utils import timezone

# Camunda writes the zone without a colon, which older Pythons do not read.
_ZONE_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")
_MILLISECOND = 1000


def format_date(moment: datetime | None) -> str | None:
    """In UTC, with milliseconds: 2026-11-21T00:59:25.123+0000."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // _MILLISECOND:03d}+0000".rjust(28, "0")


def parse_date(text: str) -> datetime:
    """Raises ValueError with a sentence. A date without a zone is in the site's zone, as Camunda takes the server's."""
    try:
        moment = datetime.fromisoformat(_ZONE_WITHOUT_COLON.sub(r"\1:\2", text.strip()))
        if moment.tzinfo is None:
            moment = timezone.make_aware(moment)
        # Fixed to UTC at once: the year 1 or 9999 in a far zone cannot be moved there later.
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:50]!r} is not a date such as 2026-11-21T00:59:25.123+0000") from None
