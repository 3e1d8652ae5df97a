"""An activity that was no scope becomes one (it has got boundary events), or the other way round."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.migration.instances import Migrating
from workflow_engine.engine.migration.tokens import hand_over


def become_scope(node: Migrating, target: Activity) -> None:
    """Its token hands everything to an execution of its own."""
    token = node.token
    context = token.context
    own = token.create_child()
    hand_over(token, own)
    context.move_tasks(token, own)
    context.move_activity_jobs(token, own)
    if not token.is_concurrent:
        context.variables.move_concurrent_local(token, own)
    own.is_active = token.is_active
    own.set_activity(target)
    token.is_active = False
    token.set_activity(None)
    token.leave_activity_instance()
    node.execution, node.is_scope = own, True


def become_token(node: Migrating, target: Activity) -> None:
    """Its execution goes; the one around it carries the token."""
    own = node.execution
    token = own.parent
    assert token is not None
    context = own.context
    hand_over(own, token)
    context.move_tasks(own, token)
    context.move_activity_jobs(own, token)
    context.variables.move_all(own, token)
    token.activity_instance_id = own.activity_instance_id
    token.is_active = own.is_active
    own.remove()
    token.set_activity(target)
    node.execution, node.is_scope = token, False
