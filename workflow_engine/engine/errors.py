"""What a caller did wrong. Inside the engine failures are values; these leave it. `str(error)` is meant for people."""

from __future__ import annotations


class EngineError(Exception):
    """A command was refused; nothing changed."""


class NotFound(EngineError):
    """What the command names does not exist (any more)."""


class DefinitionNotFound(NotFound):
    """No process definition fits."""


class NotAllowed(EngineError):
    """The state of the instance forbids the command; the message says why."""


class LockLost(NotAllowed):
    """The worker does not hold the external task."""


class Suspended(NotAllowed):
    """The instance or definition is suspended."""


class BadInput(EngineError):
    """A value of the command is not acceptable."""


class ModelError(EngineError):
    """The model failed while it ran: a bad expression, no outgoing flow, an unknown handler. Names the element."""

    def __init__(self, message: str, *, activity_id: str | None = None) -> None:
        super().__init__(message)
        self.activity_id = activity_id


class LimitExceeded(ModelError):
    """The command would run for ever or grow without bound."""
