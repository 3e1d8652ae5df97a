"""Checks the XML of a model against BPMN's schema, so that nothing misplaced or misspelt is silently passed over."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_engine.bpmn.problems import Problems, shorten
from workflow_engine.bpmn.schema import (
    EXPRESSION_TYPES,
    EXPRESSIONS,
    ID_REFERENCES,
    SCHEMA,
    TEXT_ONLY,
    VALUES,
    ElementSchema,
)
from workflow_engine.bpmn.xml import Node


def check_structure(root: Node, ids: frozenset[str], problems: Problems) -> None:
    for node in _bpmn_nodes(root):
        schema = SCHEMA.get(node.tag)
        if schema is not None:
            _check_attributes(node, schema, ids, problems)
            _check_children(node, schema, problems)
            _refuse_text(node, problems)
        elif node.tag == "extensionElements":
            _check_extensions(node, problems)
        elif node.tag in EXPRESSIONS:
            _check_expression(node, problems)
        elif node.tag in TEXT_ONLY:
            _check_text_only(node, ids, problems)
        kind = node.get("xsi:type")
        if kind is not None and kind.rpartition(":")[2] not in EXPRESSION_TYPES:
            problems.error(f"The type '{shorten(kind)}' of the {node.tag} is not known.", node)
    for tag in ("collaboration",):
        for second in root.all(tag)[1:]:
            problems.error(f"A file may have only one {tag}.", second)


def _bpmn_nodes(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.namespace == "bpmn" and node.tag != "documentation":
            yield node
            if node.tag != "extensionElements":
                stack.extend(reversed(node.children))


def _check_attributes(node: Node, schema: ElementSchema, ids: frozenset[str], problems: Problems) -> None:
    for name in sorted(schema.required - node.attributes.keys()):
        problems.error(f"The attribute '{name}' of the {node.tag} is missing.", node)
    for name, value in node.attributes.items():
        if ":" in name or name.startswith("{"):
            continue  # of another namespace
        if name not in schema.attributes:
            problems.error(f"The attribute '{name}' is not allowed on a {node.tag}.", node)
        elif name in VALUES and value.strip() not in VALUES[name]:
            allowed = ", ".join(sorted(VALUES[name]))
            problems.error(f"The attribute '{name}' must be one of {allowed}, not '{shorten(value)}'.", node)
        elif (node.tag, name) in ID_REFERENCES and value not in ids:
            what = f"The {name} '{shorten(value)}' of the {node.tag}"
            problems.error(f"{what} does not exist.", node)


def _check_children(node: Node, schema: ElementSchema, problems: Problems) -> None:
    last_place, last_tag = -1, ""
    for child in node.children:
        place = schema.children.get(child.tag) if child.namespace in ("bpmn", "bpmndi") else None
        if place is None:
            _refuse_child(node, child, problems)
        elif place[0] < last_place:
            problems.error(f"In a {node.tag}, the '{child.tag}' must come before the '{last_tag}'.", child)
        elif place[0] == last_place and not place[1]:
            problems.error(f"There may be only one '{child.tag}' in a {node.tag}.", child)
        else:
            last_place, last_tag = place[0], child.tag


def _refuse_child(node: Node, child: Node, problems: Problems) -> None:
    if child.namespace == "bpmn":
        problems.error(f"The element '{child.tag}' is not known or not allowed in a {node.tag}.", child)
    else:
        problems.error(
            f"The element '{child.tag}' of the namespace '{child.namespace}' is not allowed in a {node.tag}; "
            "extensions belong into its 'extensionElements'.",
            child,
        )


def _check_extensions(node: Node, problems: Problems) -> None:
    _refuse_text(node, problems)
    for child in node.children:
        if child.namespace == "bpmn":
            problems.error(f"The element '{child.tag}' is no extension and not allowed in 'extensionElements'.", child)


def _check_expression(node: Node, problems: Problems) -> None:
    for child in node.children:
        if child.namespace != "bpmn" or child.tag not in ("documentation", "extensionElements"):
            problems.error(f"The element '{child.tag}' is not allowed in a {node.tag}.", child)


def _check_text_only(node: Node, ids: frozenset[str], problems: Problems) -> None:
    if node.children or not node.text.strip():
        problems.error(f"The {node.tag} must contain a reference and nothing else.", node)
    elif node.tag == "flowNodeRef" and node.text.strip() not in ids:
        problems.error(f"The {node.tag} '{shorten(node.text.strip())}' does not exist.", node)


def _refuse_text(node: Node, problems: Problems) -> None:
    if any(part.strip() for part in node.text_parts):
        problems.error(f"The {node.tag} must not contain text.", node)
