"""What a scope subscribes to while it lives; refuses what could not be told apart."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import EventSubscriptionDeclaration
from workflow_engine.bpmn.model import Scope
from workflow_engine.bpmn.problems import shorten
from workflow_engine.bpmn.xml import Node


def subscribe(
    context: ParseContext,
    node: Node,
    scope: Scope,
    declaration: EventSubscriptionDeclaration,
    *,
    condition_text: str | None = None,
) -> None:
    """Adds a subscription to the scope unless it has the same already."""
    draft = context.process[scope]
    kind, is_start = declaration.event_type, declaration.is_start_event
    if declaration.name is not None and not draft.claim(kind, is_start, declaration.name.text):
        name = declaration.name.text
        context.error(f"'{scope.id}' has more than one {kind} subscription named '{shorten(name)}'.", node)
    if condition_text is not None and is_start and not draft.claim(kind, is_start, condition_text):
        context.error(
            f"'{scope.id}' has more than one start event with the condition '{shorten(condition_text)}'.", node
        )
    draft.event_subscriptions.append(declaration)
