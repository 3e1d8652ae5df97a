"""Call activities."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import CallBinding, ServiceImplementation
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.tasks import parse_binding
from workflow_engine.bpmn.variable_mappings import parse_inputs, parse_outputs
from workflow_engine.bpmn.xml import Node


def parse_call_activity(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = create_activity(context, node, scope, behaviors.CALL_ACTIVITY)
    # A multi-instance body isolates its instances, so they need no scope of their own.
    activity.is_scope = not activity.is_inner_of_multi_instance
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    parse_retry_cycle(context, node, activity)
    activity.call = _binding(context, node)
    return activity


def _binding(context: ParseContext, node: Node) -> CallBinding:
    called, case = node.get("calledElement"), node.camunda("caseRef")
    if called is None and case is None:
        raise ModelError("The call activity needs the attribute 'calledElement'.", node)
    if called is not None and case is not None:
        raise ModelError("Use either 'calledElement' or 'caseRef', not both.", node)
    prefix = "calledElement" if called is not None else "case"
    inputs, business_key = parse_inputs(context, node)
    return CallBinding(
        called_element=context.expression(called or case or "", node),
        binding=parse_binding(context, node, prefix),
        version=context.optional_expression(node.camunda(f"{prefix}Version"), node),
        version_tag=context.optional_expression(node.camunda("calledElementVersionTag"), node),
        tenant_id=context.optional_expression(node.camunda(f"{prefix}TenantId") or None, node),
        business_key=business_key,
        inputs=inputs,
        outputs=parse_outputs(context, node),
        variable_mapping_delegate=_mapping_delegate(context, node),
        is_case=called is None,
    )


def _mapping_delegate(context: ParseContext, node: Node) -> ServiceImplementation | None:
    class_name, delegate = node.camunda("variableMappingClass"), node.camunda("variableMappingDelegateExpression")
    if class_name is not None:
        return ServiceImplementation(kind="class", name=class_name)
    if delegate is not None:
        return ServiceImplementation(kind="delegate_expression", expression=context.expression(delegate, node))
    return None
