"""camunda:formData, formProperty, formKey and formRef of user tasks and start events."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext, parse_boolean
from workflow_engine.bpmn.data import Form, FormField, FormProperty
from workflow_engine.bpmn.xml import Node

_TYPES = frozenset({"string", "long", "boolean", "date", "enum"})
_VALIDATORS = frozenset({"validator", "required", "readonly", "min", "max", "minlength", "maxlength"})
_REF_BINDINGS = ("deployment", "latest", "version")


def parse_form(context: ParseContext, node: Node) -> Form:
    key, reference = node.camunda("formKey"), node.camunda("formRef")
    binding = node.camunda("formRefBinding")
    if key is not None and reference is not None:
        context.error("Only one of the attributes 'formKey' and 'formRef' is allowed.", node)
    if reference is not None and binding not in _REF_BINDINGS:
        context.error(f"The 'formRefBinding' must be one of {', '.join(_REF_BINDINGS)}, not '{binding}'.", node)
    if reference is not None and binding == "version" and node.camunda("formRefVersion") is None:
        context.error("The attribute 'formRefVersion' is missing, which the binding 'version' needs.", node)
    data = node.extension("formData")
    return Form(
        key=context.optional_expression(key, node),
        ref=context.optional_expression(reference, node),
        ref_binding=binding,
        ref_version=context.optional_expression(node.camunda("formRefVersion"), node),
        fields=tuple(_field(context, child) for child in data.all("formField", "camunda")) if data is not None else (),
        properties=tuple(_property(context, child) for child in node.extensions("formProperty")),
        business_key_field=data.get("businessKey") if data is not None else None,
    )


def _field(context: ParseContext, node: Node) -> FormField:
    if not node.id:
        context.error("The form field has no id.", node)
    if node.get("type") is None:
        context.error("The form field has no type.", node)
    properties, validation = node.child("properties", "camunda"), node.child("validation", "camunda")
    return FormField(
        id=node.id or "",
        type=_type(context, node) or "string",
        label=context.optional_expression(node.get("label"), node),
        default=context.optional_expression(node.get("defaultValue"), node),
        constraints=_constraints(context, validation) if validation is not None else (),
        properties=_field_properties(properties) if properties is not None else None,
        values=_values(node),
        date_pattern=node.get("datePattern"),
    )


def _property(context: ParseContext, node: Node) -> FormProperty:
    if node.id is None:
        context.error("The form property has no id.", node)
    return FormProperty(
        id=node.id or "",
        type=_type(context, node),
        name=node.get("name"),
        is_required=_flag(context, node, "required", False),
        is_readable=_flag(context, node, "readable", True),
        is_writable=_flag(context, node, "writable", True),
        variable=node.get("variable"),
        expression=context.optional_expression(node.get("expression"), node),
        default=context.optional_expression(node.get("default"), node),
        values=_values(node),
        date_pattern=node.get("datePattern"),
    )


def _type(context: ParseContext, node: Node) -> str | None:
    name = node.get("type")
    if name is not None and name not in _TYPES:
        context.error(f"The type '{name}' is not known; use one of {', '.join(sorted(_TYPES))}.", node)
    return name


def _flag(context: ParseContext, node: Node, attribute: str, default: bool) -> bool:
    value = parse_boolean(node.get(attribute), default)
    if value is None:
        context.error(f"The attribute '{attribute}' must be 'true' or 'false'.", node)
    return bool(value)


def _values(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple((child.id or "", child.get("name") or "") for child in node.all("value", "camunda"))


def _field_properties(node: Node) -> dict[str, str]:
    return {child.id or "": child.get("value") or "" for child in node.all("property", "camunda")}


def _constraints(context: ParseContext, node: Node) -> tuple[tuple[str, str], ...]:
    constraints = []
    for child in node.all("constraint", "camunda"):
        name = child.get("name") or ""
        if name not in _VALIDATORS:
            context.error(f"The form field constraint '{name}' is not known.", child)
        config = child.get("config") or ""
        if name == "validator" and not config:
            context.error(
                "The constraint 'validator' needs a 'config': the name of a handler, or an expression.", child
            )
        elif name == "validator":
            context.optional_expression(config, child)  # a broken one is refused now
        constraints.append((name, config))
    return tuple(constraints)
