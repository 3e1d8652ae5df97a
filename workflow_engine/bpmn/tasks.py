"""Tasks other than user tasks and call activities."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import DecisionBinding, ServiceImplementation
from workflow_engine.bpmn.event_definitions import catch_message
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.scripts import JUEL, make_script
from workflow_engine.bpmn.service_tasks import parse_service, result_variable
from workflow_engine.bpmn.xml import Node

_DECISION_RESULTS = ("singleEntry", "singleResult", "collectEntries", "resultList")
_BINDINGS = ("latest", "deployment", "version", "versionTag")


def parse_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    """An undefined task."""
    activity = _create(context, node, scope, behaviors.PASS_THROUGH_TASK)
    parse_retry_cycle(context, node, activity)
    return activity


def parse_manual_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    """Done by hand and unknown to the engine. As in Camunda it has no retry cycle of its own."""
    return _create(context, node, scope, behaviors.PASS_THROUGH_TASK)


def parse_service_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    """A service or send task."""
    activity = _create(context, node, scope)
    parse_retry_cycle(context, node, activity)
    parse_service(context, node, node, activity)
    return activity


def parse_business_rule_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    decision = node.camunda("decisionRef")
    if decision is None:
        return parse_service_task(context, node, scope)
    activity = _create(context, node, scope, behaviors.DECISION_TASK)
    activity.is_scope = True  # the result is a local variable
    activity.service = ServiceImplementation(kind="dmn", name=decision)
    activity.result_variable = result_variable(node)
    activity.decision = _decision_binding(context, node, decision)
    parse_retry_cycle(context, node, activity)
    return activity


def _decision_binding(context: ParseContext, node: Node, decision: str) -> DecisionBinding:
    map_result = node.camunda("mapDecisionResult") or "resultList"
    if map_result not in _DECISION_RESULTS:
        context.error(
            f"The decision result cannot be mapped by '{map_result}'; use {', '.join(_DECISION_RESULTS)}.", node
        )
    return DecisionBinding(
        decision=context.expression(decision, node),
        binding=parse_binding(context, node, "decisionRef"),
        version=context.optional_expression(node.camunda("decisionRefVersion"), node),
        version_tag=context.optional_expression(node.camunda("decisionRefVersionTag"), node),
        tenant_id=context.optional_expression(node.camunda("decisionRefTenantId") or None, node),
        map_result=map_result,
    )


def parse_binding(context: ParseContext, node: Node, prefix: str) -> str:
    """Which version a call or decision is bound to; a binding to a version needs that version."""
    binding = node.camunda(f"{prefix}Binding") or "latest"
    needed = {"version": f"{prefix}Version", "versionTag": f"{prefix}VersionTag"}.get(binding)
    if needed is not None and node.camunda(needed) is None:
        context.error(f"The attribute '{needed}' is missing, which the binding '{binding}' needs.", node)
    return binding if binding in _BINDINGS else "latest"


def parse_script_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = _create(context, node, scope, behaviors.SCRIPT_TASK)
    parse_retry_cycle(context, node, activity)
    script = node.child("script")
    source = script.text if script is not None else None
    language = node.get("scriptFormat")
    activity.result_variable = result_variable(node)
    try:
        activity.script = make_script(
            context, node, JUEL if language is None else language, source, node.camunda("resource")
        )
    except ModelError as error:
        raise ModelError(f"The script task cannot be carried out: {error.message}", node) from None
    return activity


def parse_receive_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = _create(context, node, scope, behaviors.RECEIVE_TASK)
    parse_retry_cycle(context, node, activity)
    if node.get("messageRef") is not None:
        activity.is_scope = True
        context.process.catch_for(activity, activity)
        catch_message(context, node, activity, activity)
    return activity


def _create(context: ParseContext, node: Node, scope: Scope, behavior: str = "") -> Activity:
    activity = create_activity(context, node, scope, behavior)
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    return activity
