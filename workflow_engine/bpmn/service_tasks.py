"""Everything that is carried out like a service task: service, send and business rule tasks, message throw and end events."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import FieldInjection, ServiceImplementation, ThrownError
from workflow_engine.bpmn.io_mapping import read_io_mapping
from workflow_engine.bpmn.listeners import parse_fields
from workflow_engine.bpmn.model import Activity
from workflow_engine.bpmn.problems import ModelError, check_length
from workflow_engine.bpmn.xml import Node

_BUILT_IN_TYPES = ("mail", "shell")  # carried out by a handler of that name, if the site registers one


def is_service_like(node: Node, owner: Node) -> bool:
    """Does the element say how it is carried out? `owner` differs from `node` for message events."""
    attributes = ("class", "expression", "delegateExpression", "type")
    return (
        any(node.camunda(name) is not None for name in attributes)
        or node.extension("connector") is not None
        or _zeebe_task(node, owner) is not None
    )


def parse_service(context: ParseContext, node: Node, owner: Node, activity: Activity) -> None:
    """Sets behaviour and implementation of the activity; refuses an element that has none."""
    kind = node.camunda("type")
    if kind is None:
        _parse_implementation(context, node, owner, activity)
    elif kind.lower() == "external":
        _parse_external(context, node, activity)
    elif kind.lower() in _BUILT_IN_TYPES:
        _set_handler(activity, ServiceImplementation(kind="class", name=kind.lower()), parse_fields(context, node))
        _check_built_in(context, node, kind.lower(), activity.fields)
    else:
        raise ModelError(f"The type '{kind}' of the {owner.tag} is not known; only 'external' is.", node)


def result_variable(node: Node) -> str | None:
    name = node.camunda("resultVariable")
    return name if name is not None else node.camunda("resultVariableName")


def _parse_implementation(context: ParseContext, node: Node, owner: Node, activity: Activity) -> None:
    class_name, delegate, expression = (
        node.camunda("class"),
        node.camunda("delegateExpression"),
        node.camunda("expression"),
    )
    zeebe, connector = _zeebe_task(node, owner), node.extension("connector")
    if class_name is not None and class_name.strip():
        _set_handler(activity, ServiceImplementation(kind="class", name=class_name), parse_fields(context, node))
        _refuse_result_variable(context, node, "class")
    elif delegate is not None:
        compiled = context.expression(delegate, node)
        service = ServiceImplementation(kind="delegate_expression", expression=compiled)
        _set_handler(activity, service, parse_fields(context, node))
        _refuse_result_variable(context, node, "delegateExpression")
    elif expression is not None and expression.strip():
        activity.behavior = behaviors.EXPRESSION_TASK
        activity.service = ServiceImplementation(kind="expression", expression=context.expression(expression, node))
        activity.result_variable = result_variable(node)
    elif connector is not None:
        _set_handler(activity, _connector(context, connector), ())
    elif zeebe is not None:
        _parse_zeebe_task(context, zeebe, activity)
    else:
        raise ModelError(
            f"The {owner.tag} needs one of the attributes 'class', 'delegateExpression', 'type' and 'expression'.", node
        )


def _set_handler(activity: Activity, service: ServiceImplementation, fields: tuple[FieldInjection, ...]) -> None:
    activity.behavior = behaviors.HANDLER_TASK
    activity.service = service
    activity.fields = fields


def _refuse_result_variable(context: ParseContext, node: Node, attribute: str) -> None:
    if result_variable(node) is not None:
        context.error(f"A result variable is not supported together with '{attribute}'.", node)


def _parse_external(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.behavior = behaviors.EXTERNAL_TASK
    activity.service = ServiceImplementation(kind="external")
    activity.is_scope = True
    topic = node.camunda("topic")
    if topic is None:
        context.error("The external task needs the attribute 'topic'.", node)
    else:
        check_length(topic, "topic", node, context.problems)
        activity.topic = context.expression(topic, node)
    activity.task_priority = context.priority(node, "taskPriority")
    activity.error_mappings = _error_mappings(context, node)


def _error_mappings(context: ParseContext, node: Node) -> tuple[ThrownError, ...]:
    holder = node.child("extensionElements")
    mappings = []
    for child in holder.all("errorEventDefinition") if holder is not None else ():
        reference, expression = child.get("errorRef"), child.get("expression")
        if reference is None:
            continue
        if expression is None:
            context.error("The error definition of the external task needs the attribute 'expression'.", child)
            continue
        error = context.root.errors.get(reference)
        code = error.code if error is not None else reference
        mappings.append(ThrownError(code=code, condition=context.expression(expression, child)))
    return tuple(mappings)


def _zeebe_task(node: Node, owner: Node) -> Node | None:
    found = owner.extensions("taskDefinition", "zeebe") or node.extensions("taskDefinition", "zeebe")
    return found[0] if found else None


def _parse_zeebe_task(context: ParseContext, node: Node, activity: Activity) -> None:
    topic = node.get("type")
    if not topic:
        raise ModelError("The attribute 'type' of the task definition is missing.", node)
    activity.behavior = behaviors.EXTERNAL_TASK
    activity.service = ServiceImplementation(kind="external")
    activity.is_scope = True
    check_length(topic, "type", node, context.problems)
    activity.topic = context.expression(topic, node)
    activity.external_task_retries = context.optional_expression(node.get("retries"), node)


def _connector(context: ParseContext, node: Node) -> ServiceImplementation:
    identifier = node.child("connectorId", "camunda")
    name = identifier.text.strip() if identifier is not None else ""
    if not name:
        raise ModelError("The connector has no id.", node)
    mapping = read_io_mapping(context, node.child("inputOutput", "camunda"))
    return ServiceImplementation(kind="connector", name=name, io_mapping=mapping)


def _check_built_in(context: ParseContext, node: Node, kind: str, fields: tuple[FieldInjection, ...]) -> None:
    names = {field.name for field in fields}
    if kind == "mail" and "to" not in names:
        context.error("The mail task has no field 'to'.", node)
    if kind == "mail" and not names & {"text", "html"}:
        context.error("The mail task needs a field 'text' or 'html'.", node)
    if kind == "shell" and "command" not in names:
        context.error("The shell task has no field 'command'.", node)
