"""Comparing dates that are only known to the millisecond."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from workflow_engine.rest import convert
from workflow_engine.rest.listing.parameters import Parameter


def same_moment(field: str) -> Parameter:
    """Requests name milliseconds, rows keep microseconds."""
    return Parameter(
        convert.date, lambda at, _: Q(**{f"{field}__gte": at, f"{field}__lt": at + timedelta(milliseconds=1)})
    )
