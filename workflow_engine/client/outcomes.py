"""How a handler ends: what it may return and what it may raise. Any other exception counts as a technical failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The work is done. A handler that only sets variables of the process may return a plain dict instead."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    local_variables: Mapping[str, Any] = field(default_factory=dict)  # seen by the task's output mapping only


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Somebody else will complete the task, for example another process that this handler has started.

    The task stays locked for `lock` more seconds; without an answer by then it is given out again.
    """

    lock: float


class BpmnError(Exception):
    """The business refuses: the process goes on at the boundary event that catches `code`."""

    def __init__(self, code: str, message: str | None = None, variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(code if message is None else f"{code}: {message}")
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class Retry(Exception):
    """Try again `after` so many seconds. It counts as one of the task's retries unless `counts` is False."""

    def __init__(self, message: str = "", *, after: float, counts: bool = True) -> None:
        super().__init__(message or f"The worker asked to be called again after {after:g} seconds.")
        self.after = after
        self.counts = counts


class NoRetry(Exception):
    """Trying again is of no use: open an incident now, for a human to look at."""
