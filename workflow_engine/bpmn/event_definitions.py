"""Message, signal, conditional, error, escalation and compensation definitions of events: references resolved."""

from __future__ import annotations

import re

from workflow_engine.bpmn.context import ParseContext, split_list
from workflow_engine.bpmn.data import (
    ConditionalEvent,
    ErrorHandler,
    EscalationHandler,
    EventSubscriptionDeclaration,
    SignalReference,
    ThrownEscalation,
)
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.problems import ModelError, shorten
from workflow_engine.bpmn.sequence_flows import parse_condition
from workflow_engine.bpmn.subscriptions import subscribe
from workflow_engine.bpmn.variable_mappings import parse_inputs
from workflow_engine.bpmn.xml import Node
from workflow_engine.expressions import Expression

_QUALIFIED_NAME = re.compile(r"[^\W\d][\w.-]*(:[^\W\d][\w.-]*)?")
_VARIABLE_EVENTS = frozenset({"create", "update", "delete"})


def message_name(context: ParseContext, node: Node) -> Expression:
    """The name of the message that `node` refers to."""
    reference = node.get("messageRef")
    if reference is None:
        raise ModelError("The attribute 'messageRef' is missing.", node)
    if not context.root.has_message(reference):
        raise ModelError(f"There is no message with the id '{reference}'.", node)
    name = context.root.message(reference)
    if name is None or not name.text.strip():
        raise ModelError(f"The message '{reference}' has no name, so nothing can be subscribed to it.", node)
    return name


def catch_message(
    context: ParseContext, node: Node, activity: Activity, event_scope: Scope, *, is_start_event: bool = False
) -> None:
    activity.catch_event_type = "message"
    activity.message_name = message_name(context, node)
    if is_start_event and not activity.message_name.is_literal:
        raise ModelError("The message name of a start event must not be an expression.", node)
    declaration = EventSubscriptionDeclaration(
        event_type="message", name=activity.message_name, activity_id=activity.id, is_start_event=is_start_event
    )
    subscribe(context, node, event_scope, declaration)


def signal_name(context: ParseContext, node: Node) -> Expression:
    reference = node.get("signalRef")
    if reference is None:
        raise ModelError("The attribute 'signalRef' is missing.", node)
    name = context.root.signal(reference)
    if name is None:
        raise ModelError(f"There is no signal with the id '{reference}'.", node)
    return name


def catch_signal(
    context: ParseContext, node: Node, activity: Activity, event_scope: Scope, *, is_start_event: bool = False
) -> None:
    activity.catch_event_type = "signal"
    declaration = EventSubscriptionDeclaration(
        event_type="signal",
        name=signal_name(context, node),
        activity_id=activity.id,
        is_start_event=is_start_event,
        is_async=node.camunda("async") == "true",
    )
    subscribe(context, node, event_scope, declaration)


def throw_signal(context: ParseContext, node: Node, activity: Activity) -> None:
    inputs, _ = parse_inputs(context, node)
    activity.signal = SignalReference(
        name=signal_name(context, node), is_async=node.camunda("async") == "true", mappings=inputs
    )


def catch_condition(
    context: ParseContext,
    node: Node,
    activity: Activity,
    event_scope: Scope,
    *,
    is_interrupting: bool = True,
    is_start_event: bool = False,
) -> None:
    condition = node.child("condition")
    if condition is None:
        raise ModelError("The conditional event has no condition.", node)
    activity.catch_event_type = "conditional"
    compiled = parse_condition(context, condition)
    activity.condition = compiled
    context.process.definition.has_conditional_events = True
    events = split_list(node.camunda("variableEvents"))
    for event in events:
        if event not in _VARIABLE_EVENTS:
            context.warning(f"The variable event '{event}' is none of 'create', 'update' and 'delete'.", node)
    conditional = ConditionalEvent(
        activity_id=activity.id,
        condition=compiled,
        is_interrupting=is_interrupting,
        is_start_event=is_start_event,
        variable_name=node.camunda("variableName"),
        variable_events=frozenset(events),
    )
    declaration = EventSubscriptionDeclaration(
        event_type="conditional", name=None, activity_id=activity.id, is_start_event=is_start_event
    )
    subscribe(context, node, event_scope, declaration, condition_text=condition.text.strip())
    context.process[event_scope].conditional_events.append(conditional)


def catch_error(context: ParseContext, node: Node, activity: Activity, event_scope: Scope, precedence: int) -> None:
    """Event sub-processes come with a higher precedence than boundary events; a code counts one more than none."""
    code = error_code(context, node)
    handler = ErrorHandler(
        handler_activity_id=activity.id,
        code=code,
        code_variable=node.camunda("errorCodeVariable"),
        message_variable=node.camunda("errorMessageVariable"),
    )
    context.process[event_scope].error_handlers.append((precedence + (code is not None), handler))


def error_code(context: ParseContext, node: Node) -> str | None:
    """The code of the error referred to. As in Camunda, a reference to no error element is the code itself."""
    reference = node.get("errorRef")
    if reference is None:
        return None
    error = context.root.errors.get(reference)
    if error is None:
        if not _QUALIFIED_NAME.fullmatch(reference):
            raise ModelError(
                f"The 'errorRef' '{shorten(reference)}' is neither the id of an error nor an error code.", node
            )
        context.warning(f"There is no error with the id '{reference}'; it is taken for the error code.", node)
        return reference
    return error.code


def catch_escalation(
    context: ParseContext, node: Node, activity: Activity, event_scope: Scope, *, is_interrupting: bool
) -> None:
    reference = node.get("escalationRef")
    code = None
    if reference is not None:
        if reference not in context.root.escalations:
            raise ModelError(f"There is no escalation with the id '{reference}'.", node)
        code = context.root.escalations[reference]
    _claim_escalation(context, node, activity, event_scope, code)
    handler = EscalationHandler(
        handler_activity_id=activity.id,
        code=code,
        code_variable=node.camunda("escalationCodeVariable"),
        is_interrupting=is_interrupting,
    )
    context.process[event_scope].escalation_handlers.append(handler)


def _claim_escalation(
    context: ParseContext, node: Node, activity: Activity, event_scope: Scope, code: str | None
) -> None:
    """Among the event sub-processes of a scope, and among its boundary events, an escalation must find one handler."""
    in_sub_process = activity.element == "startEvent"
    kind = "escalation event sub-process" if in_sub_process else "escalation boundary event"
    codes = context.process[event_scope].escalation_codes.setdefault(in_sub_process, set())
    if code in codes:
        which = f"with the code '{shorten(code)}'" if code is not None else "without a code, which catches all"
        context.error(f"A scope may have only one {kind} {which}.", node)
    elif codes and (code is None or None in codes):
        context.error(
            f"A scope may not have an {kind} without a code, which catches all, beside one with a code.", node
        )
    codes.add(code)


def throw_escalation(context: ParseContext, node: Node, activity: Activity) -> None:
    reference = node.get("escalationRef")
    if reference is None:
        raise ModelError("The attribute 'escalationRef' is missing.", node)
    if reference not in context.root.escalations:
        raise ModelError(f"There is no escalation with the id '{reference}'.", node)
    code = context.root.escalations[reference]
    if code is None:
        raise ModelError(f"The escalation '{reference}' is thrown and must have an 'escalationCode'.", node)
    activity.escalation = ThrownEscalation(code=code)


def warn_of_catching_compensation(context: ParseContext, node: Node) -> None:
    for attribute in ("activityRef", "waitForCompletion"):
        if node.get(attribute) is not None:
            context.warning(f"The attribute '{attribute}' means nothing on an event that catches compensation.", node)
