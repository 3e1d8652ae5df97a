"""The compiled expression, and the way from a text to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from workflow_engine.expressions import functions
from workflow_engine.expressions.budget import MAX_WORK, work
from workflow_engine.expressions.compiler import compile_node
from workflow_engine.expressions.context import Context
from workflow_engine.expressions.errors import (
    ConditionError,
    ExpressionEvaluationError,
    ExpressionSyntaxError,
    UnknownPropertyError,
)
from workflow_engine.expressions.java import java_class
from workflow_engine.expressions.nodes import (
    Call,
    Chain,
    Choice,
    Composite,
    Function,
    Identifier,
    Index,
    Literal,
    Node,
    Path,
    Unary,
)
from workflow_engine.expressions.parser import parse
from workflow_engine.values import JsonError, JsonValue

MAX_CACHED_TEXT = 2000


class Expression:
    """An immutable, compiled text: `Hello ${name}!`, `${a > 1}`, or text alone. Compare and keep it by its text."""

    __slots__ = ("_run", "functions", "is_literal", "names", "text")

    def __init__(self, text: str) -> None:
        try:
            tree = parse(text)
            nodes = list(_nodes(tree))
            self._run = compile_node(tree)
        except RecursionError:
            raise ExpressionSyntaxError("it is nested too deeply for the stack that is left", text) from None
        self.text = text
        self.is_literal = isinstance(tree, Literal) and not _has_code(text)
        self.names = frozenset(node.name for node in nodes if isinstance(node, Identifier))
        self.functions = frozenset((node.name, len(node.args)) for node in nodes if isinstance(node, Function))

    def evaluate(self, context: Context) -> Any:
        """The value; raises ExpressionEvaluationError, and whatever the context's own objects raise."""
        work.left = MAX_WORK
        try:
            value = self._run(context)
            return value.normalised() if type(value) is JsonValue else value
        except ExpressionEvaluationError as error:
            error.locate(self.text)
            raise
        except JsonError as error:
            raise ExpressionEvaluationError(str(error), self.text) from None
        except RecursionError:
            raise ExpressionEvaluationError("it is nested too deeply for the stack that is left", self.text) from None

    def evaluate_condition(self, context: Context) -> bool:
        """The value, which must be true or false: no text, no null."""
        value = self.evaluate(context)
        if value is True or value is False:
            return bool(value)
        if value is None:
            raise ConditionError("condition expression returns null: result is null", self.text)
        reason = f"result has class {java_class(value)} and not java.lang.Boolean"
        raise ConditionError(f"condition expression returns non-Boolean: {reason}", self.text)

    def try_condition(self, context: Context) -> bool:
        """As evaluate_condition, but a name or property that does not exist yet counts as false (conditional events)."""
        try:
            return self.evaluate_condition(context)
        except UnknownPropertyError:
            return False

    def function_problems(self) -> list[str]:
        """Calls of functions that do not exist, for whoever checks a model."""
        return [reason for name, count in sorted(self.functions) if (reason := functions.problem(name, count))]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def compile_expression(text: str) -> Expression:
    """The expression of a text; raises ExpressionSyntaxError. Short texts are kept compiled."""
    return _cached(text) if len(text) <= MAX_CACHED_TEXT else Expression(text)


_cached = lru_cache(maxsize=4096)(Expression)


def _has_code(text: str) -> bool:
    """A single literal in a tree is either text, or code such as `${'a'}`; code ends with its brace."""
    return text.startswith(("${", "#{"))


def _nodes(node: Node) -> Iterator[Node]:
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(_children(node))


def _children(node: Node) -> list[Node]:
    match node:
        case Function(args=args):
            return list(args)
        case Unary(operand=operand):
            return [operand]
        case Chain(first=first, rest=rest):
            return [first, *(operand for _, operand in rest)]
        case Choice(cases=cases, otherwise=otherwise):
            return [otherwise, *(child for case in cases for child in case)]
        case Composite(parts=parts):
            return list(parts)
        case Path(base=base, steps=steps):
            keys = [step.key for step in steps if isinstance(step, Index)]
            calls = [step for step in steps if isinstance(step, Call)]
            named = [step.name for step in calls if not isinstance(step.name, str)]
            return [base, *keys, *named, *(arg for step in calls for arg in step.args)]
        case _:
            return []
