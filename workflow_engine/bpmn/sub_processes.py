"""Embedded sub-processes, event sub-processes and transactions."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle
from workflow_engine.bpmn.context import ParseContext, parse_boolean
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.xml import Node


def parse_sub_process(context: ParseContext, node: Node, scope: Scope) -> Activity:
    """A sub-process or transaction with everything in it."""
    activity = create_activity(context, node, scope, behaviors.SUB_PROCESS)
    activity.is_scope = True
    context.process[activity].is_sub_process = True
    parse_async(context, node, activity)
    if node.tag == "subProcess" and parse_boolean(node.get("triggeredByEvent"), False):
        activity.behavior = behaviors.EVENT_SUB_PROCESS
        activity.triggered_by_event = True
        activity.consumes_compensation = False
        context.process.catch_for(activity, scope)
    context.parse_content(context, node, activity)
    parse_retry_cycle(context, node, activity)
    return activity
