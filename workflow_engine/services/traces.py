"""Gives the trace of a command to the external tasks that it makes, so that their workers can go on with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflow_engine import tracing
from workflow_engine.engine.state import ExternalTask


def keep(inserted: Iterable[Any]) -> None:
    traceparent = tracing.traceparent()
    if traceparent is None:
        return
    for row in inserted:
        if type(row) is ExternalTask:
            row.traceparent = traceparent
