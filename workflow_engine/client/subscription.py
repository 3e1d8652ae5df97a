"""What a worker does for one topic, and how it asks the engine for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow_engine.client.binding import BoundHandler
from workflow_engine.client.engine import milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Times in seconds. `retries` counts attempts, the first one included, until an incident opens; `backoff` are the
    waits between them, the last one repeated. `filters` go to the engine as they are (processDefinitionKey ...)."""

    topic: str
    handler: BoundHandler
    lock: float = 60.0
    extend: bool = True
    retries: int = 3
    backoff: tuple[float, ...] = (10.0, 60.0, 300.0)
    limit: int | None = None  # of tasks of this topic that run at the same time
    variables: tuple[str, ...] | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.lock < 1:
            raise ValueError(f"The lock of topic {self.topic!r} must be at least one second, not {self.lock}.")
        if self.retries < 1 or not self.backoff:
            raise ValueError(f"Topic {self.topic!r} needs at least one attempt and one backoff time.")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"The limit of topic {self.topic!r} must be at least 1, not {self.limit}.")

    def request(self) -> dict[str, Any]:
        """One entry of fetchAndLock's `topics`. Only variables that the handler can see travel."""
        names = self.variables if self.variables is not None else self.handler.variable_names
        request: dict[str, Any] = {
            "topicName": self.topic,
            "lockDuration": milliseconds(self.lock),
            "deserializeValues": False,
            **self.filters,
        }
        return request if names is None else {**request, "variables": list(names)}

    def after_failure(self, retries: int | None) -> tuple[int, float]:
        """Retries that are left after one more failure, and the wait before the next attempt.

        The server's number counts, so that an operator's or the model's retries hold; the worker's own only starts it.
        """
        left = (self.retries if retries is None else retries) - 1
        attempt = min(max(self.retries - left - 1, 0), len(self.backoff) - 1)
        return max(left, 0), self.backoff[attempt]
