"""User tasks: whom they are for, their form, and their listeners."""

from __future__ import annotations

from collections.abc import Sequence

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.asynchronous import parse_async, parse_retry_cycle
from workflow_engine.bpmn.context import ParseContext, split_list
from workflow_engine.bpmn.data import Listener, TimerDeclaration, UserTaskDefinition
from workflow_engine.bpmn.flow_nodes import create_activity
from workflow_engine.bpmn.forms import parse_form
from workflow_engine.bpmn.listeners import parse_execution_listeners, parse_listener
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.timers import TASK_LISTENER, parse_timer
from workflow_engine.bpmn.xml import Node
from workflow_engine.expressions import Expression

_EVENTS = frozenset({"create", "assignment", "complete", "update", "delete"})


def parse_user_task(context: ParseContext, node: Node, scope: Scope) -> Activity:
    activity = create_activity(context, node, scope, behaviors.USER_TASK)
    parse_async(context, node, activity)
    parse_execution_listeners(context, node, activity)
    parse_retry_cycle(context, node, activity)
    for child in node.all("property"):
        activity.is_scope = True
        if child.id is None and child.get("name") is None:
            context.error("The property has neither an id nor a name.", child)
    users, groups = candidates(context, node, node.all("potentialOwner"), "candidateUsers", "candidateGroups")
    form = parse_form(context, node)
    listeners, timers = _listeners(context, node, activity)
    activity.user_task = UserTaskDefinition(
        name=context.optional_expression(activity.name, node),
        documentation=context.optional_expression(activity.documentation, node),
        assignee=_assignee(context, node),
        candidate_users=users,
        candidate_groups=groups,
        due_date=context.optional_expression(node.camunda("dueDate"), node),
        follow_up_date=context.optional_expression(node.camunda("followUpDate"), node),
        priority=context.optional_expression(node.camunda("priority"), node),
        form_key=form.key,
        form_fields=form.fields,
        business_key_field=form.business_key_field,
        form=form,
        listeners=listeners,
        timeout_timers=timers,
    )
    return activity


def _assignee(context: ParseContext, node: Node) -> Expression | None:
    performers = node.all("humanPerformer")
    if len(performers) > 1:
        context.error("A user task may have only one 'humanPerformer'.", performers[1])
    text = _resource_expression(performers[0]) if performers else None
    attribute = node.camunda("assignee")
    if text is not None and attribute is not None:
        context.error("The assignee is declared twice.", node)
    return context.optional_expression(attribute if text is None else text, node)


def candidates(
    context: ParseContext, node: Node, owners: Sequence[Node], users_attribute: str, groups_attribute: str
) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """Candidate users and groups, by resource assignment ("user(kermit), group(sales), sales") and by attribute."""
    users: list[Expression] = []
    groups: list[Expression] = []
    for owner in owners:
        for entry in split_list(_resource_expression(owner)):
            if entry.startswith("user("):
                users.append(context.expression(entry[len("user(") : -1].strip(), owner))
            else:
                name = entry[len("group(") : -1].strip() if entry.startswith("group(") else entry
                groups.append(context.expression(name, owner))
    users += [context.expression(entry, node) for entry in split_list(node.camunda(users_attribute))]
    groups += [context.expression(entry, node) for entry in split_list(node.camunda(groups_attribute))]
    return tuple(users), tuple(groups)


def _resource_expression(node: Node) -> str | None:
    assignment = node.child("resourceAssignmentExpression")
    if assignment is None:
        return None
    formal = assignment.child("formalExpression")
    if formal is None:
        raise ModelError("The assignment has no 'formalExpression'.", assignment)
    return formal.text


def _listeners(
    context: ParseContext, node: Node, activity: Activity
) -> tuple[dict[str, tuple[Listener, ...]], tuple[TimerDeclaration, ...]]:
    found: dict[str, list[Listener]] = {}
    timers: list[TimerDeclaration] = []
    for child in node.extensions("taskListener"):
        event = child.get("event")
        if event == "timeout":
            timer = _timeout(context, child, activity)
            if timer is not None:
                timers.append(timer)
        elif event not in _EVENTS:
            context.error(
                f"The event of a task listener must be one of {', '.join(sorted(_EVENTS))}, not '{event}'.", child
            )
            continue
        listener = parse_listener(context, child, event)
        if listener is not None:
            found.setdefault(event, []).append(listener)
    return {event: tuple(listeners) for event, listeners in found.items()}, tuple(timers)


def _timeout(context: ParseContext, node: Node, activity: Activity) -> TimerDeclaration | None:
    """The timer of a timeout listener, for which the task becomes a scope."""
    definition = node.child("timerEventDefinition")
    if node.id is None:
        context.error("A task listener for 'timeout' needs an id.", node)
    if definition is None:
        context.error("A task listener for 'timeout' needs a 'timerEventDefinition'.", node)
        return None
    activity.is_scope = True
    if activity.event_scope is None:
        context.process.catch_for(activity, activity)
    return parse_timer(context, definition, activity, TASK_LISTENER, listener_id=node.id)
