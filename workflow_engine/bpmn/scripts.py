"""Scripts of script tasks, conditions, listeners and parameters."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext, is_expression
from workflow_engine.bpmn.data import Script
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.xml import Node

JUEL = "juel"  # the script language that is an expression itself


def make_script(context: ParseContext, node: Node, language: str, source: str | None, resource: str | None) -> Script:
    """A script from its text or from a resource; the resource is preferred."""
    if not language:
        raise ModelError("The script has no language.", node)
    if source is None and resource is None:
        raise ModelError("Neither a script nor a resource with a script is given.", node)
    if resource:
        return Script(format=language, resource=context.expression(resource, node))
    if source is None:
        raise ModelError("The name of the resource with the script is empty.", node)
    dynamic = is_expression(source) and language.lower() != JUEL
    expression = context.expression(source, node) if dynamic else None
    return Script(format=language, source=source, source_expression=expression)


def parse_camunda_script(context: ParseContext, node: Node) -> Script:
    """A camunda:script element."""
    language = node.get("scriptFormat")
    if not language:
        raise ModelError("The attribute 'scriptFormat' of the script is missing.", node)
    return make_script(context, node, language, node.text, node.get("resource"))
