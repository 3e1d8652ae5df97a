"""A tree into closures, once: evaluating is then calling them. Only the last step of a path leaves JSON (see access)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflow_engine.expressions import arithmetic, comparison
from workflow_engine.expressions.access import follow, read
from workflow_engine.expressions.budget import check_text
from workflow_engine.expressions.coercion import to_boolean
from workflow_engine.expressions.context import Context
from workflow_engine.expressions.methods import call
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
    Property,
    Step,
    Unary,
)
from workflow_engine.expressions.text import to_text

Closure = Callable[[Context], Any]
StepClosure = Callable[[Context, Any], Any]

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": arithmetic.add, "-": arithmetic.subtract, "*": arithmetic.multiply, "/": arithmetic.divide, "%": arithmetic.modulo,
    "==": comparison.equal, "!=": comparison.not_equal, "<": comparison.less, "<=": comparison.less_or_equal,
    ">": comparison.greater, ">=": comparison.greater_or_equal,
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {
    "!": lambda value: not to_boolean(value), "-": arithmetic.negate, "empty": comparison.is_empty,
}  # fmt: skip


def compile_node(node: Node) -> Closure:
    """The closure of a tree."""
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Closure:
    value = node.value
    return lambda context: value


def _identifier(node: Identifier) -> Closure:
    name = node.name
    return lambda context: context.resolve(name)


def _function(node: Function) -> Closure:
    name, args = node.name, [compile_node(arg) for arg in node.args]
    return lambda context: context.call_function(name, [arg(context) for arg in args])


def _unary(node: Unary) -> Closure:
    operate, operand = _UNARY[node.operator], compile_node(node.operand)
    return lambda context: operate(operand(context))


def _chain(node: Chain) -> Closure:
    first, operator = compile_node(node.first), node.rest[0][0]
    if operator in ("&&", "||"):
        return _logic(operator == "||", [first, *(compile_node(operand) for _, operand in node.rest)])
    rest = [(_BINARY[sign], compile_node(operand)) for sign, operand in node.rest]
    if len(rest) == 1:
        return _binary(first, node.rest[0][1], *rest[0])

    def run(context: Context) -> Any:
        value = first(context)
        for operate, operand in rest:
            value = operate(value, operand(context))
        return value

    return run


def _binary(left: Closure, right_node: Node, operate: Callable[[Any, Any], Any], right: Closure) -> Closure:
    if isinstance(right_node, Literal):
        constant = right_node.value
        return lambda context: operate(left(context), constant)
    return lambda context: operate(left(context), right(context))


def _logic(decided: bool, operands: list[Closure]) -> Closure:
    """`||` is decided by the first true, `&&` by the first false."""

    def run(context: Context) -> bool:
        for operand in operands:
            if to_boolean(operand(context)) is decided:
                return decided
        return not decided

    return run


def _choice(node: Choice) -> Closure:
    cases = [(compile_node(condition), compile_node(value)) for condition, value in node.cases]
    otherwise = compile_node(node.otherwise)

    def run(context: Context) -> Any:
        for condition, value in cases:
            if to_boolean(condition(context)):
                return value(context)
        return otherwise(context)

    return run


def _path(node: Path) -> Closure:
    base = compile_node(node.base)
    steps = [_step(step, step is node.steps[-1]) for step in node.steps]
    if len(steps) == 1:
        only = steps[0]
        return lambda context: only(context, base(context))

    def run(context: Context) -> Any:
        value = base(context)
        for step in steps:
            value = step(context, value)
        return value

    return run


def _step(step: Step, last: bool) -> StepClosure:
    if isinstance(step, Call):
        return _call(step)
    find = read if last else follow
    if isinstance(step, Property):
        name = step.name
        return lambda context, value: find(value, name)
    assert isinstance(step, Index)
    key = compile_node(step.key)
    return lambda context, value: None if value is None else find(value, key(context))


def _call(step: Call) -> StepClosure:
    args, target = [compile_node(arg) for arg in step.args], step.target
    if isinstance(step.name, str):
        name = step.name
        return lambda context, value: call(
            value, name, [arg(context) for arg in args] if value is not None else [], target
        )
    key = compile_node(step.name)
    return lambda context, value: call(value, to_text(key(context)), [arg(context) for arg in args], target)


def _composite(node: Composite) -> Closure:
    parts = [compile_node(part) for part in node.parts]

    def run(context: Context) -> str:
        texts = [to_text(part(context)) for part in parts]
        check_text(sum(map(len, texts)))
        return "".join(texts)

    return run


_COMPILERS: dict[type, Callable[[Any], Closure]] = {
    Literal: _literal, Identifier: _identifier, Function: _function, Unary: _unary, Chain: _chain, Choice: _choice,
    Path: _path, Composite: _composite,
}  # fmt: skip
