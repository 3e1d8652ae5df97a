"""Boundary events."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import is_async, set_async, set_retry_cycle
from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.event_definitions import (
    catch_condition,
    catch_error,
    catch_escalation,
    catch_message,
    catch_signal,
    warn_of_catching_compensation,
)
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.io_mapping import refuse_io_mapping
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, Scope, StartBehavior
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.timers import BOUNDARY, parse_timer, warn_of_cycle
from workflow_engine.bpmn.xml import Node

# In the order of preference where a model gives several.
_DEFINITIONS = ("timer", "error", "signal", "cancel", "compensate", "message", "escalation", "conditional")
_ESCALATING = frozenset({"subProcess", "transaction", "callActivity", "userTask"})


def parse_boundary_event(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = create_activity(context, node, scope, behaviors.BOUNDARY_EVENT)
    set_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    refuse_io_mapping(context, node)
    found = [(kind, node.child(f"{kind}EventDefinition")) for kind in _DEFINITIONS]
    kind, definition = next(((kind, found) for kind, found in found if found is not None), ("", None))
    if definition is None:
        raise ModelError(f"The boundary event must be one of: {', '.join(_DEFINITIONS)}.", node)
    host = _host(context, node, scope)
    activity.attached_to = host
    activity.cancel_activity = (node.get("cancelActivity") or "true").lower() == "true"
    activity.start_behavior = (
        StartBehavior.CANCEL_EVENT_SCOPE if activity.cancel_activity else StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    )
    event_scope = _event_scope(host, kind)
    context.process.catch_for(activity, event_scope)
    _parse_definition(context, kind, definition, activity, event_scope)
    if kind == "timer" or is_async(activity):
        set_retry_cycle(context, node, activity)
    return activity


def _host(context: ParseContext, node: Node, scope: Scope) -> Activity:
    reference = node.get("attachedToRef")
    if not reference:
        raise ModelError("The attribute 'attachedToRef' of the boundary event is missing.", node)
    host = context.process.find_at_level(reference, scope)
    if host is None:
        raise ModelError(
            f"The boundary event is attached to '{reference}', which is no activity of the same process or sub-process"
            " with a place in its flow.",
            node,
        )
    return host


def _event_scope(host: Activity, kind: str) -> Activity:
    """Where the event is waited for: the host, or its multi-instance body. Compensation is caught for every instance."""
    if kind == "compensate":
        return host
    body = host.flow_scope
    if host.is_inner_of_multi_instance and isinstance(body, Activity):
        return body
    host.is_scope = True
    return host


def _parse_definition(context: ParseContext, kind: str, node: Node, activity: Activity, event_scope: Activity) -> None:
    interrupting = activity.cancel_activity
    activity.type = f"boundary{kind.capitalize()}"
    if kind == "timer":
        activity.catch_event_type = "timer"
        timer = parse_timer(context, node, activity, BOUNDARY, is_interrupting=interrupting)
        context.process[event_scope].timers.append(timer)
        if interrupting:
            warn_of_cycle(context, node, "an interrupting boundary event")
    elif kind == "error":
        catch_error(context, node, activity, event_scope, precedence=0)
    elif node.parent is not None and node.parent.id is None and kind in ("signal", "message"):
        raise ModelError("The boundary event must have an id.", node)
    elif kind == "signal":
        catch_signal(context, node, activity, event_scope)
    elif kind == "message":
        catch_message(context, node, activity, event_scope)
    elif kind == "escalation":
        _parse_escalation(context, node, activity, event_scope)
    elif kind == "conditional":
        activity.behavior = behaviors.CONDITIONAL_BOUNDARY_EVENT
        catch_condition(context, node, activity, event_scope, is_interrupting=interrupting)
    elif kind == "cancel":
        _parse_cancel(context, node, activity)
    else:
        _parse_compensate(context, node, activity)


def _parse_escalation(context: ParseContext, node: Node, activity: Activity, event_scope: Activity) -> None:
    host = activity.attached_to
    if host is None or host.element not in _ESCALATING:
        raise ModelError("An escalation boundary event belongs on a sub-process, a call activity or a user task.", node)
    catch_escalation(context, node, activity, event_scope, is_interrupting=activity.cancel_activity)


def _parse_cancel(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.type = "cancelBoundaryCatch"
    activity.behavior = behaviors.CANCEL_BOUNDARY_EVENT
    activity.throws_compensation = True
    if activity.attached_to is None or activity.attached_to.element != "transaction":
        raise ModelError("A cancel boundary event belongs on a transaction.", node)
    _refuse_second(context, node, activity)


def _parse_compensate(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.type = "compensationBoundaryCatch"
    activity.behavior = behaviors.COMPENSATION_BOUNDARY_EVENT
    warn_of_catching_compensation(context, node)
    _refuse_second(context, node, activity)


def _refuse_second(context: ParseContext, node: Node, activity: Activity) -> None:
    if activity.attached_to is not None and not context.process[activity.attached_to].claim(activity.type):
        context.error(f"An activity may have only one boundary event of the type '{activity.type}'.", node)
