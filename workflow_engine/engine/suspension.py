"""Suspending an instance: nothing it waits for can go on until it is activated again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.engine.commands import SetSuspension
from workflow_engine.engine.errors import NotFound
from workflow_engine.engine.history import ProcessInstanceUpdated

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def set_suspension(context: CommandContext, command: SetSuspension) -> None:
    instance = context.find_execution(command.process_instance_id)
    if instance is None or not instance.is_process_instance:
        raise NotFound(f"No process instance found for id '{command.process_instance_id}'.")
    for execution in (instance, *instance.descendants()):
        execution.is_suspended = command.is_suspended
        waiting = (context.external_tasks.of(execution), context.user_tasks.of(execution), context.jobs.of(execution))
        for rows in waiting:
            for row in rows:
                row.is_suspended = command.is_suspended
    context.emit(
        ProcessInstanceUpdated(
            time=context.now,
            process_instance_id=instance.id,
            root_process_instance_id=instance.root_process_instance_id,
            process_definition_id=instance.process_definition_id,
            tenant_id=instance.tenant_id,
            state="SUSPENDED" if command.is_suspended else "ACTIVE",
            business_key=instance.business_key,
        )
    )
