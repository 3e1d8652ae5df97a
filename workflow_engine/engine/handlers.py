"""Calls the site's Python handlers by the names that a model gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import ServiceImplementation
from workflow_engine.engine.errors import EngineError, ModelError
from workflow_engine.engine.evaluation import evaluate

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class BpmnError(Exception):
    """Raised by a site's handler: a business error that the model may catch."""

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


class HandlerFailed(EngineError):
    """A site's handler raised; the cause is kept."""


def resolve_handler(service: ServiceImplementation, execution: Execution) -> Callable[[Any], Any]:
    """The function for a camunda:class or camunda:delegateExpression; ModelError if the site has none."""
    if service.kind == "class":
        assert service.name is not None
        found = execution.context.environment.handler(service.name)
        if found is None:
            raise ModelError(
                f"Cannot execute '{execution.activity_id}': no handler '{service.name}' is registered.",
                activity_id=execution.activity_id,
            )
    else:
        assert service.expression is not None
        found = evaluate(service.expression, execution)
    function: Callable[[Any], Any] = getattr(found, "execute", None) or getattr(found, "notify", None) or found
    if not callable(function):
        raise ModelError(
            f"Cannot execute '{execution.activity_id}': {found!r} is no handler.", activity_id=execution.activity_id
        )
    return function


def call_handler(handler: Callable[[Any], Any], delegate: Any, execution: Execution) -> Any:
    """Runs the handler; what it raises other than a BPMN error leaves as HandlerFailed, naming the element."""
    try:
        return handler(delegate)
    except (BpmnError, EngineError):
        raise
    except Exception as error:
        name = getattr(handler, "__name__", repr(handler))
        raise HandlerFailed(f"Handler '{name}' of '{execution.activity_id}' failed: {error}") from error
