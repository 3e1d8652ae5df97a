"""What every parsing function is handed: the problems found so far, the root elements, and the process under construction."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from workflow_engine.bpmn.problems import Problems, shorten
from workflow_engine.expressions import Expression, ExpressionSyntaxError, compile_expression

if TYPE_CHECKING:
    from workflow_engine.bpmn.drafts import ProcessDraft
    from workflow_engine.bpmn.model import Scope
    from workflow_engine.bpmn.root_elements import RootElements
    from workflow_engine.bpmn.xml import Node

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_TRUE = frozenset({"true", "enabled", "on", "active", "yes"})
_FALSE = frozenset({"false", "disabled", "off", "inactive", "no"})


class ParseContext:
    """One per resource; `process` is replaced with every process of it."""

    def __init__(self, problems: Problems, root: RootElements, element_ids: frozenset[str]) -> None:
        self.problems = problems
        self.root = root
        self.element_ids = element_ids
        self.process: ProcessDraft
        self.link_sources: dict[str, str] = {}  # id of the throwing event -> link name
        self.link_targets: dict[str, str] = {}  # link name -> id of the catching event
        self._flows: dict[int, dict[str | None, list[Node]]] = {}  # by position of the scope's node, by sourceRef
        self._children: dict[int, dict[str | None, Node]] = {}
        # Parses what is inside of a sub-process; set by the parser, which knows all groups.
        self.parse_content: Callable[[ParseContext, Node, Scope], None]

    def error(self, message: str, node: Node | None = None) -> None:
        self.problems.error(message, node)

    def warning(self, message: str, node: Node | None = None) -> None:
        self.problems.warning(message, node)

    def flows_from(self, scope_node: Node, source_ref: str | None) -> list[Node]:
        """The sequence flows of a scope that leave one element, in document order."""
        if scope_node.position not in self._flows:
            index = self._flows[scope_node.position] = {}
            for flow in scope_node.all("sequenceFlow"):
                index.setdefault(flow.get("sourceRef"), []).append(flow)
        return self._flows[scope_node.position].get(source_ref, [])

    def child_by_id(self, scope_node: Node, child_id: str | None) -> Node | None:
        if scope_node.position not in self._children:
            self._children[scope_node.position] = {child.id: child for child in scope_node.children if child.id}
        return self._children[scope_node.position].get(child_id)

    def expression(self, text: str, node: Node) -> Expression:
        """The compiled expression or literal text; a syntax error becomes a problem."""
        try:
            expression = compile_expression(text)
        except ExpressionSyntaxError as error:
            self.error(f"The expression '{shorten(text)}' is not valid: {error.reason}.", node)
            return compile_expression("")
        for problem in expression.function_problems():
            self.error(f"The expression '{shorten(text)}' is not valid: {problem}.", node)
        return expression

    def optional_expression(self, text: str | None, node: Node) -> Expression | None:
        return None if text is None else self.expression(text, node)

    def priority(self, node: Node, attribute: str) -> Expression | None:
        """A priority attribute: an expression or an integer."""
        text = node.camunda(attribute)
        if text is None:
            return None
        if not is_expression(text) and parse_integer(text) is None:
            self.error(f"The value '{shorten(text)}' of attribute '{attribute}' is not a valid number.", node)
        return self.expression(text, node)


def is_expression(text: str) -> bool:
    return text.strip().startswith(("${", "#{"))


def parse_integer(text: str) -> int | None:
    """A 32-bit integer, or None if the text is none."""
    if not _INTEGER.fullmatch(text):
        return None
    value = int(text)
    return value if -(2**31) <= value < 2**31 else None


def parse_boolean(text: str | None, default: bool) -> bool | None:
    """Camunda's words for true and false; None for any other word."""
    if text is None:
        return default
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def split_list(text: str | None) -> list[str]:
    """Entries of a comma separated list, trimmed; commas inside of expressions do not separate."""
    entries: list[str] = []
    current: list[str] = []
    inside = False
    for character in text or "":
        if character in "{$":
            inside = True
        elif character == "}":
            inside = False
        if character == "," and not inside:
            entries.append("".join(current).strip())
            current.clear()
        else:
            current.append(character)
    if current:
        entries.append("".join(current).strip())
    return entries
