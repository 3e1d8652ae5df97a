"""Start events of processes, embedded sub-processes and event sub-processes."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import is_async, parse_async, set_retry_cycle
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
from workflow_engine.bpmn.forms import parse_form
from workflow_engine.bpmn.io_mapping import refuse_io_mapping
from workflow_engine.bpmn.listeners import parse_execution_listeners
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope, StartBehavior
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.timers import PROCESS_START, SUB_PROCESS_START, parse_timer, warn_of_cycle
from workflow_engine.bpmn.xml import Node

_EVENT_SUB_PROCESS_ERROR_PRECEDENCE = 10
_DEFINITIONS = ("error", "message", "signal", "timer", "compensate", "escalation", "conditional")


def parse_start_events(context: ParseContext, scope_node: Node, scope: Scope) -> None:
    nodes = scope_node.all("startEvent")
    if not nodes and scope_node.tag in ("process", "subProcess"):
        context.error(f"The {scope_node.tag} must have a start event.", scope_node)
    for node in nodes:
        try:
            activity = create_activity(context, node, scope, behaviors.NONE_START_EVENT)
            parse_async(context, node, activity)
            parse_execution_listeners(context, node, activity)
            refuse_io_mapping(context, node)
            if isinstance(scope, Activity):
                _parse_in_sub_process(context, node, activity, scope, scope_node)
            else:
                _parse_in_process(context, node, activity)
            if activity.catch_event_type == "timer" or is_async(activity):
                set_retry_cycle(context, node, activity)
        except ModelError as error:
            context.problems.add(error)
    if isinstance(scope, ProcessDefinition):
        _select_initial(context, scope_node, scope)


def _parse_in_process(context: ParseContext, node: Node, activity: Activity) -> None:
    if node.id is None:
        raise ModelError("The start event of a process must have an id.", node)
    process = context.process.definition
    process.initiator_variable = node.camunda("initiator") or process.initiator_variable
    timer, message = node.child("timerEventDefinition"), node.child("messageEventDefinition")
    signal, condition = node.child("signalEventDefinition"), node.child("conditionalEventDefinition")
    if timer is not None:
        activity.type, activity.catch_event_type = "startTimerEvent", "timer"
        context.process[process].timers.append(parse_timer(context, timer, activity, PROCESS_START))
    elif message is not None:
        activity.type = "messageStartEvent"
        catch_message(context, message, activity, process, is_start_event=True)
    elif signal is not None:
        activity.type = "signalStartEvent"
        activity.event_scope = process
        catch_signal(context, signal, activity, process, is_start_event=True)
    elif condition is not None:
        activity.type = "conditionalStartEvent"
        catch_condition(context, condition, activity, process, is_start_event=True)


def _select_initial(context: ParseContext, scope_node: Node, process: ProcessDefinition) -> None:
    """The start event that a plain start uses: the none or timer one, else the only one of whatever kind."""
    starts = [a for a in context.process[process].activities if a.element == "startEvent"]
    process.start_events = tuple(starts)
    plain = [activity for activity in starts if activity.type in ("startEvent", "startTimerEvent")]
    for activity in plain[1:]:
        context.error(
            "A process may have only one none or timer start event.", context.process.nodes.get(activity, scope_node)
        )
    if plain:
        process.initial = plain[0]
    elif len(starts) == 1:
        process.initial = starts[0]
    if process.initial is not None:
        process.start_form = parse_form(context, context.process.nodes[process.initial])


def _parse_in_sub_process(
    context: ParseContext, node: Node, activity: Activity, scope: Activity, scope_node: Node
) -> None:
    if scope.initial is not None:
        context.error("A sub-process may have only one start event.", scope_node)
    else:
        scope.initial = activity
    if scope.triggered_by_event:
        _parse_in_event_sub_process(context, node, activity, scope)
        return
    for kind in _DEFINITIONS:
        definition = node.child(f"{kind}EventDefinition")
        if definition is not None:
            context.error(f"A start event of the kind '{kind}' is only allowed in an event sub-process.", definition)


def _parse_in_event_sub_process(context: ParseContext, node: Node, activity: Activity, scope: Activity) -> None:
    interrupting = (node.get("isInterrupting") or "true").lower() == "true"
    activity.behavior = behaviors.EVENT_SUB_PROCESS_START_EVENT
    activity.cancel_activity = scope.cancel_activity = interrupting
    scope.start_behavior = (
        StartBehavior.INTERRUPT_EVENT_SCOPE if interrupting else StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    )
    event_scope = scope.flow_scope
    context.process.catch_for(activity, event_scope)
    found = [(kind, node.child(f"{kind}EventDefinition")) for kind in _DEFINITIONS]
    for kind, definition in found:
        if definition is not None:
            _parse_definition(context, kind, definition, activity, scope)
            return
    raise ModelError(f"The start event of an event sub-process must be one of: {', '.join(_DEFINITIONS)}.", node)


def _parse_definition(context: ParseContext, kind: str, node: Node, activity: Activity, scope: Activity) -> None:
    event_scope, interrupting = scope.flow_scope, activity.cancel_activity
    activity.type = f"{kind}StartEvent"
    if kind == "error":
        if not interrupting:
            context.error("The error start event of an event sub-process must be interrupting.", node)
        catch_error(context, node, activity, event_scope, _EVENT_SUB_PROCESS_ERROR_PRECEDENCE)
    elif kind == "message":
        catch_message(context, node, activity, event_scope)
    elif kind == "signal":
        catch_signal(context, node, activity, event_scope)
    elif kind == "timer":
        activity.type, activity.catch_event_type = "startTimerEvent", "timer"
        timer = parse_timer(context, node, activity, SUB_PROCESS_START, is_interrupting=interrupting)
        context.process[event_scope].timers.append(timer)
        if interrupting:
            warn_of_cycle(context, node, "an interrupting start event")
    elif kind == "escalation":
        catch_escalation(context, node, activity, event_scope, is_interrupting=interrupting)
    elif kind == "conditional":
        catch_condition(context, node, activity, event_scope, is_interrupting=interrupting)
    else:
        activity.type = "compensationStartEvent"
        _parse_compensation(context, node, scope)


def _parse_compensation(context: ParseContext, node: Node, scope: Activity) -> None:
    """The event sub-process becomes the compensation handler of the sub-process around it."""
    scope.is_for_compensation = True
    warn_of_catching_compensation(context, node)
    compensated = scope.flow_scope
    if not isinstance(compensated, Activity):
        raise ModelError("A compensation event sub-process is only possible inside of a sub-process.", node)
    if compensated.compensation_handler is None:
        compensated.compensation_handler = scope
    elif compensated.compensation_handler.triggered_by_event:
        raise ModelError("A sub-process may have only one compensation event sub-process.", node)
    else:
        raise ModelError("A compensation boundary event and a compensation event sub-process exclude each other.", node)
