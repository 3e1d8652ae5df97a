"""Messages, signals, errors and escalations: declared beside the processes and referred to by their events."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow_engine.bpmn.problems import Problems, check_length, shorten
from workflow_engine.bpmn.xml import Document, Node
from workflow_engine.expressions import Expression, ExpressionSyntaxError, compile_expression


@dataclass(frozen=True, slots=True)
class ErrorElement:
    id: str
    code: str | None
    message: Expression | None


@dataclass(slots=True)
class RootElements:
    """By id. Messages and signals are named by expressions; an escalation has a code or None."""

    target_namespace: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Expression | None] = field(default_factory=dict)
    signals: dict[str, Expression] = field(default_factory=dict)
    errors: dict[str, ErrorElement] = field(default_factory=dict)
    escalations: dict[str, str | None] = field(default_factory=dict)

    def local_id(self, reference: str) -> str | None:
        """The id a qualified name refers to; None if its prefix belongs to another file."""
        prefix, colon, local = reference.partition(":")
        if not colon:
            return reference
        return local if self.prefixes.get(prefix) == self.target_namespace else None

    def has_message(self, reference: str) -> bool:
        return self.local_id(reference) in self.messages

    def message(self, reference: str) -> Expression | None:
        local = self.local_id(reference)
        return self.messages.get(local) if local is not None else None

    def signal(self, reference: str) -> Expression | None:
        local = self.local_id(reference)
        return self.signals.get(local) if local is not None else None


def parse_root_elements(document: Document, problems: Problems) -> RootElements:
    root = document.root
    elements = RootElements(target_namespace=root.get("targetNamespace") or "", prefixes=document.prefixes)
    for node in root.all("message"):
        name = node.get("name")
        check_length(name, "name", node, problems)
        elements.messages[node.id or ""] = None if name is None else _expression(name, node, problems)
    _parse_signals(root, elements, problems)
    for node in root.all("error"):
        message = node.camunda("errorMessage")
        identifier = _id(node, problems)
        compiled = None if message is None else _expression(message, node, problems)
        elements.errors[identifier] = ErrorElement(identifier, node.get("errorCode"), compiled)
    for node in root.all("escalation"):
        elements.escalations[_id(node, problems)] = node.get("escalationCode") or None
    return elements


def _parse_signals(root: Node, elements: RootElements, problems: Problems) -> None:
    names: set[str] = set()
    for node in root.all("signal"):
        name = node.get("name")
        identifier = _id(node, problems)
        if name is None:
            problems.error(f"The signal '{identifier}' has no name.", node)
            continue
        if name in names:
            problems.error(f"The signal name '{name}' is declared twice.", node)
        names.add(name)
        check_length(name, "name", node, problems)
        elements.signals[identifier] = _expression(name, node, problems)


def _id(node: Node, problems: Problems) -> str:
    if node.id is None:
        problems.error(f"The {node.tag} must have an id.", node)
    return node.id or ""


def _expression(text: str, node: Node, problems: Problems) -> Expression:
    try:
        return compile_expression(text)
    except ExpressionSyntaxError as error:
        problems.error(f"The expression '{shorten(text)}' is not valid: {error.reason}.", node)
        return compile_expression("")
