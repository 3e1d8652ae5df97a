"""camunda:in and camunda:out: what passes between a call activity and the called process, or with a thrown signal."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import VariableMapping
from workflow_engine.bpmn.xml import Node
from workflow_engine.expressions import Expression


def parse_inputs(context: ParseContext, node: Node) -> tuple[tuple[VariableMapping, ...], Expression | None]:
    """The variables passed in, and the business key if one is."""
    mappings = []
    business_key = None
    for child in node.extensions("in"):
        key = child.get("businessKey")
        if key:
            business_key = context.expression(key, child)
        else:
            mappings.append(_mapping(context, child))
    return tuple(mappings), business_key


def parse_outputs(context: ParseContext, node: Node) -> tuple[VariableMapping, ...]:
    return tuple(_mapping(context, child) for child in node.extensions("out"))


def _mapping(context: ParseContext, node: Node) -> VariableMapping:
    local = node.get("local") == "true"
    if node.get("variables") == "all":
        return VariableMapping(all_variables=True, local=local)
    source, expression, target = node.get("source"), node.get("sourceExpression"), node.get("target")
    if source is None and expression is None:
        context.error("Passing a variable needs the attribute 'source' or 'sourceExpression'.", node)
    elif source == "" or (source is None and expression == ""):
        context.error("The source of the variable to pass is empty.", node)
    if not target:
        context.error("The attribute 'target' of the variable to pass is missing or empty.", node)
    compiled = context.expression(expression, node) if source is None and expression else None
    return VariableMapping(source=source, source_expression=compiled, target=target, local=local)
