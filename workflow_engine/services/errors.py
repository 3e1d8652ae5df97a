"""Refusals that only the services can make."""

from __future__ import annotations

from workflow_engine.engine.errors import NotAllowed


class BusinessKeyTaken(NotAllowed):
    """The business key was declared unique and belongs to an instance already."""

    def __init__(self, business_key: str, process_definition_key: str, process_instance_id: str) -> None:
        super().__init__(
            f"Cannot start process '{process_definition_key}': the business key '{business_key}' belongs to process instance"
            f" '{process_instance_id}', and it is unique."
        )
        self.process_instance_id = process_instance_id


class Conflict(NotAllowed):
    """Somebody else changed the same thing at the same moment."""


class HistoryDisabled(NotAllowed):
    """What was asked for belongs to the history, and the site keeps none."""

    def __init__(self) -> None:
        super().__init__("History is not enabled: HISTORY_LEVEL is 'none'.")


class AlreadyExists(NotAllowed):
    """Something of this id is there already."""


class KeyReused(NotAllowed):
    """An idempotency key came with another request than before."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Cannot use the Idempotency-Key '{key}' again: it came with another body before. A new request needs a new key."
        )
