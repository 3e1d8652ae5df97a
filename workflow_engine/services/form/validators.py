"""The constraint `validator`: the site's Python says whether the value of a field will do.

`config` is the name of a registered handler, or an expression that gives one. It is called with the value as it was sent (None if
nothing was) and a `handlers.FormFieldContext`. It refuses by answering False, or in its own words by raising ValueError or Django's
ValidationError; anything else that it raises is its failure, and refuses as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from workflow_engine import handlers
from workflow_engine.bpmn.data import FormField
from workflow_engine.engine.errors import BadInput, EngineError, ModelError
from workflow_engine.engine.handlers import HandlerFailed
from workflow_engine.expressions import ExpressionError, compile_expression
from workflow_engine.services.form.places import Place

Validator = Callable[[Any, handlers.FormFieldContext], Any]


def accepts(config: str, value: Any, field: FormField, submitted: Mapping[str, Any], place: Place) -> bool:
    validator = _found(config, field, place)
    context = handlers.FormFieldContext(
        field_id=field.id,
        field_type=field.type,
        configuration=config,
        submitted=submitted,
        execution=place.execution,
        task=place.task,
        user_id=place.user_id,
    )
    try:
        answer = validator(value, context)
    except (ValueError, ValidationError) as error:
        words = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise BadInput(f"Invalid value submitted for form field '{field.id}': {words or 'it was refused'}") from error
    except EngineError:
        raise
    except Exception as error:
        raise HandlerFailed(f"The validator '{config}' of form field '{field.id}' failed: {error}") from error
    if answer is not None and not isinstance(answer, bool):
        raise ModelError(
            f"The validator '{config}' of form field '{field.id}' answers {answer!r:.80}, not True or False."
        )
    return answer is not False


def _found(config: str, field: FormField, place: Place) -> Validator:
    found = handlers.find(config)
    if found is None:
        expression = compile_expression(config)
        try:
            found = None if expression.is_literal else place.evaluate(expression, {})
        except ExpressionError as error:
            raise ModelError(
                f"The validator '{config}' of form field '{field.id}' cannot be evaluated: {error}"
            ) from error
    if found is None:
        raise ModelError(
            f"The validator '{config}' of form field '{field.id}' is not registered: no handler has this name."
        )
    validator: Validator = getattr(found, "validate", None) or found
    if not callable(validator):
        raise ModelError(
            f"The validator '{config}' of form field '{field.id}' is {found!r:.80}, which cannot be called."
        )
    return validator
