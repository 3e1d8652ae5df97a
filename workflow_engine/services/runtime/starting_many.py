"""`start_many`: each instance in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from workflow_engine.services.attempts import Attempts
from workflow_engine.services.results import StartedInstance
from workflow_engine.services.runtime.starting import start_process_instance
from workflow_engine.store import database


def start_many(
    starts: Sequence[Mapping[str, Any]], *, user: Any = None, using: str | None = None
) -> list[StartedInstance | Exception]:
    """`starts`: what `start_process_instance` is called with. What was started, or why not, in their order."""
    attempts = Attempts(database.alias(using))
    return [attempts.attempt(partial(start_process_instance, **start, user=user, using=using)) for start in starts]
