"""Which commands of a walk may be refused. Any other refusal is a bug: the walk does only what the instance waits for."""

from __future__ import annotations

from workflow_engine.engine.errors import EngineError, ModelError, NotAllowed
from workflow_engine.engine.handlers import HandlerFailed


def is_expected(refused: EngineError) -> bool:
    if isinstance(refused, HandlerFailed):
        return True  # the handler of the walk's site fails by chance
    if isinstance(refused, NotAllowed):
        return "no escalation handler was defined" in str(refused)
    # As in Camunda: an error that nobody catches ends the instance from inside the activity, past its scope.
    return isinstance(refused, ModelError) and "have no outer scope to go to" in str(refused)
