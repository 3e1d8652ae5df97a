"""Tokens into a tree: a Pratt parser with the precedences of the EL specification.

Depth is counted per nested expression, so neither this parser nor the compiled closures can exhaust Python's stack.
"""

from __future__ import annotations

from workflow_engine.expressions.errors import ExpressionSyntaxError
from workflow_engine.expressions.lexer import MAX_LENGTH, MAX_TOKENS, Token, tokens
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
from workflow_engine.values import LONG_MAX, Long

MAX_DEPTH = 100
_LEVELS = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_PREFIXES = frozenset(("!", "-", "empty"))
_STARTS = _PREFIXES | {"IDENTIFIER", "STRING", "FLOAT", "INTEGER", "TRUE", "FALSE", "NULL", "("}
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}
_OPERAND = "<IDENTIFIER>|<STRING>|<FLOAT>|<INTEGER>|'true'|'false'|'null'|'-'|'!'|'not'|'empty'|'('"


def parse(text: str) -> Node:
    """The tree of a whole text; ExpressionSyntaxError if it is none."""
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(f"it has {len(text)} characters, the limit is {MAX_LENGTH}", text)
    return _Parser(text).composite()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, tokens(text), 0, 0
        self.check()

    # -- tokens -----------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "EOF":
            self.at += 1
            self.check()
        return token

    def expect(self, kind: str, shown: str) -> Token:
        if self.kind != kind:
            raise self.fault(shown)
        return self.take()

    def check(self) -> None:
        token = self.token
        if token.kind == "ERROR":
            raise ExpressionSyntaxError(token.image, self.text, token.position)
        if token.kind == "LIMIT":
            raise ExpressionSyntaxError(f"it has more than {MAX_TOKENS} tokens", self.text, token.position)

    def fault(self, expected: str) -> ExpressionSyntaxError:
        token = self.token
        reason = f"syntax error at position {token.position}, encountered '{token.image}', expected {expected}"
        return ExpressionSyntaxError(reason, self.text, token.position)

    # -- grammar ----------------------------------------------------------------------------------------------------

    def composite(self) -> Node:
        parts: list[Node] = []
        marker = ""
        while self.kind != "EOF":
            if self.kind == "TEXT":
                parts.append(Literal(self.take().image))
                continue
            if marker and self.kind != marker:  # ${a}#{b} is an error in JUEL
                raise self.fault(f"'{marker}'")
            marker = self.take().kind
            parts.append(self.choice())
            self.expect("}", "'}'")
        if len(parts) == 1:
            return parts[0]
        return Composite(tuple(parts)) if parts else Literal("")

    def choice(self) -> Node:
        cases: list[tuple[Node, Node]] = []
        while True:
            value = self.expression(0)
            if self.kind != "?":
                return Choice(tuple(cases), value) if cases else value
            self.take()
            cases.append((value, self.choice()))
            self.expect(":", "':'")

    def expression(self, floor: int) -> Node:
        """Operands joined by operators that bind stronger than `floor`."""
        self.enter(1)
        left = self.unary()
        while (level := _LEVELS.get(self.kind, 0)) > floor:
            rest: list[tuple[str, Node]] = []
            while _LEVELS.get(self.kind) == level:
                operator = self.take().kind
                rest.append((operator, self.expression(level)))
            left = Chain(left, tuple(rest))
        self.depth -= 1
        return left

    def unary(self) -> Node:
        prefixes: list[str] = []
        while self.kind in _PREFIXES:
            prefixes.append(self.take().kind)
            self.enter(1)
        node = self.path()
        self.depth -= len(prefixes)
        for operator in reversed(prefixes):
            node = Unary(operator, node)
        return node

    def path(self) -> Node:
        start = self.token.position
        base, steps = self.primary(), list[Step]()
        while self.kind in (".", "["):
            end = self.tokens[self.at - 1].end
            step: Step = self.step()
            if self.kind == "(":
                target = self.text[start:end]
                step = Call(step.key if isinstance(step, Index) else step.name, self.arguments(), target)
            steps.append(step)
        return Path(base, tuple(steps)) if steps else base

    def step(self) -> Property | Index:
        if self.take().kind == ".":
            return Property(self.expect("IDENTIFIER", "<IDENTIFIER>").image)
        key = self.choice()
        self.expect("]", "']'")
        return Index(key)

    def primary(self) -> Node:
        kind = self.kind
        if kind == "IDENTIFIER":
            return self.named()
        if kind == "STRING":
            return Literal(self.take().image)
        if kind == "INTEGER":
            return self.integer()
        if kind == "FLOAT":
            return Literal(float(self.take().image))
        if kind in _CONSTANTS:
            self.take()
            return Literal(_CONSTANTS[kind])
        if kind == "(":
            self.take()
            node = self.choice()
            self.expect(")", "')'")
            return node
        raise self.fault(_OPERAND)

    def integer(self) -> Node:
        image = self.token.image.lstrip("0") or "0"
        if len(image) > 19 or int(image) > LONG_MAX:
            raise self.fault("<INTEGER>")
        self.take()
        return Literal(Long(int(image)))

    def named(self) -> Node:
        name = self.take().image
        if [token.kind for token in self.tokens[self.at : self.at + 3]] == [":", "IDENTIFIER", "("]:
            self.take()
            name = f"{name}:{self.take().image}"
        return Function(name, self.arguments()) if self.kind == "(" else Identifier(name)

    def arguments(self) -> tuple[Node, ...]:
        self.take()
        args: list[Node] = []
        if self.kind in _STARTS:
            args.append(self.choice())
            while self.kind == ",":
                self.take()
                args.append(self.choice())
        self.expect(")", "')'")
        return tuple(args)

    def enter(self, levels: int) -> None:
        self.depth += levels
        if self.depth > MAX_DEPTH:
            raise ExpressionSyntaxError(f"it is nested deeper than {MAX_DEPTH} levels", self.text, self.token.position)
