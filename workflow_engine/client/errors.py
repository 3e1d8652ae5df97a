"""The two ways in which a call to the engine fails: nobody answered, or the answer was no."""

from __future__ import annotations


class EngineUnavailable(Exception):
    """The engine cannot be reached or is overloaded; the same call may succeed later. Nobody knows whether it took effect."""


class EngineRefused(Exception):
    """The engine answered with an error, as HTTP status and as Camunda's error body."""

    def __init__(self, status: int, type_: str, message: str) -> None:
        super().__init__(f"{status} {type_}: {message}" if type_ else f"{status}: {message}")
        self.status = status
        self.type = type_
        self.message = message

    @property
    def is_gone(self) -> bool:
        """What the call named does not exist (any more)."""
        return self.status == 404
