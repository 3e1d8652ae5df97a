"""Execution listeners, task listeners, and the fields handed to Python handlers."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import FieldInjection, Listener, Script, ServiceImplementation
from workflow_engine.bpmn.model import Scope
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.scripts import parse_camunda_script
from workflow_engine.bpmn.xml import Node


def parse_execution_listeners(context: ParseContext, node: Node, scope: Scope) -> None:
    """Start and end listeners of a process, sub-process or any other activity."""
    listeners: dict[str, list[Listener]] = {}
    for child in node.extensions("executionListener"):
        event = child.get("event") or ""
        if not event.strip():
            context.error("The attribute 'event' of the execution listener is missing.", child)
        elif event not in ("start", "end"):
            context.error(f"The event of an execution listener must be 'start' or 'end', not '{event}'.", child)
        else:
            listener = parse_listener(context, child, event)
            if listener is not None:
                listeners.setdefault(event, []).append(listener)
    scope.listeners = {event: tuple(found) for event, found in listeners.items()}


def parse_take_listeners(context: ParseContext, node: Node) -> tuple[Listener, ...]:
    """Listeners of a sequence flow; their event attribute is ignored."""
    found = [parse_listener(context, child, "take") for child in node.extensions("executionListener")]
    return tuple(listener for listener in found if listener is not None)


def parse_listener(context: ParseContext, node: Node, event: str) -> Listener | None:
    """One listener of any kind, or None with its problem reported."""
    try:
        service, script = _implementation(context, node)
        fields = parse_fields(context, node) if service is not None and service.kind != "expression" else ()
        return Listener(event=event, id=node.id, service=service, script=script, fields=fields)
    except ModelError as error:
        context.problems.add(error)
        return None


def _implementation(context: ParseContext, node: Node) -> tuple[ServiceImplementation | None, Script | None]:
    class_name, expression = node.get("class"), node.get("expression")
    delegate = node.get("delegateExpression")
    if class_name is not None:
        if not class_name and node.tag == "executionListener":
            raise ModelError("The attribute 'class' of the listener must not be empty.", node)
        return ServiceImplementation(kind="class", name=class_name), None
    if expression is not None:
        return ServiceImplementation(kind="expression", expression=context.expression(expression, node)), None
    if delegate is not None:
        if not delegate and node.tag == "executionListener":
            raise ModelError("The attribute 'delegateExpression' of the listener must not be empty.", node)
        compiled = context.expression(delegate, node)
        return ServiceImplementation(kind="delegate_expression", expression=compiled), None
    script = node.child("script", "camunda")
    if script is not None:
        return None, parse_camunda_script(context, script)
    raise ModelError("The listener needs a 'class', 'expression', 'delegateExpression' or 'script'.", node)


def parse_fields(context: ParseContext, node: Node) -> tuple[FieldInjection, ...]:
    """camunda:field children, within extensionElements where there are any."""
    holder = node.child("extensionElements") or node
    found = [_field(context, child) for child in holder.all("field", "camunda")]
    return tuple(field for field in found if field is not None)


def _field(context: ParseContext, node: Node) -> FieldInjection | None:
    name = node.get("name") or ""
    text = _attribute_or_child(node, "stringValue", "string")
    if text is not None:
        literal = context.expression("" if "{" in text else text, node)
        return FieldInjection(name=name, value=literal, text=text)
    expression = _attribute_or_child(node, "expression", "expression")
    if expression is not None and expression.strip():
        return FieldInjection(name=name, value=context.expression(expression, node))
    context.error(
        "A field needs one of the attributes 'stringValue' and 'expression' or a child of that meaning.", node
    )
    return None


def _attribute_or_child(node: Node, attribute: str, tag: str) -> str | None:
    value, child = node.get(attribute), node.child(tag, "camunda")
    if value is not None and child is not None:
        raise ModelError(f"Use either the attribute '{attribute}' or the child '{tag}', not both.", node)
    if child is None:
        return value or None
    if not child.text:
        raise ModelError(f"Neither the attribute '{attribute}' nor the child '{tag}' has a value.", node)
    return child.text
