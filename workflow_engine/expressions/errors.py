"""What can go wrong with an expression. The sentences are Camunda's, so that what people find on the web still fits.

Values in a message are shortened: a variable may be long.
"""

from __future__ import annotations

from typing import ClassVar

MAX_SHOWN = 300


class ExpressionError(Exception):
    """An expression cannot be read or evaluated. `reason` says why, `text` is the expression."""

    template: ClassVar[str] = "Cannot use expression: {text}. Cause: {reason}"

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.reason = shorten(reason)
        self.text = text

    def locate(self, text: str) -> None:
        """Say which expression it was, unless an inner one is known already."""
        self.text = self.text or text

    def __str__(self) -> str:
        return self.template.format(text=shorten(self.text), reason=self.reason)


class ExpressionSyntaxError(ExpressionError):
    """The text is no expression, or exceeds a limit. `position` counts characters from 0."""

    template = "Error parsing '{text}': {reason}"

    def __init__(self, reason: str, text: str = "", position: int | None = None) -> None:
        super().__init__(reason, text)
        self.position = position


class ExpressionEvaluationError(ExpressionError):
    """The expression was understood but has no value here: a coercion, a limit, an arithmetic fault."""

    template = "Error while evaluating expression: {text}. Cause: {reason}"


class UnknownPropertyError(ExpressionEvaluationError):
    """A name, a property or the target of a call does not exist. A conditional event takes it for false."""

    template = "Unknown property used in expression: {text}. Cause: {reason}"


class UnknownNameError(UnknownPropertyError):
    """A context knows no such name; Context.resolve raises it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Cannot resolve identifier '{name}'")
        self.name = name


class UnknownMethodError(ExpressionEvaluationError):
    """The target has no such method on the closed list, or none for these arguments."""

    template = "Unknown method used in expression: {text}. Cause: {reason}"


class ConditionError(ExpressionEvaluationError):
    """A condition gave something else than true or false."""

    template = "{reason} (expression: {text})"


def shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
