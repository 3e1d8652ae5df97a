"""What people typed into a form, for history: beside the variables that it sets, and as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflow_engine.engine.history import FormFieldSubmitted
from workflow_engine.engine.state import UserTask

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution


def tell(
    context: CommandContext, fields: Mapping[str, str], execution: Execution | None, task: UserTask | None = None
) -> None:
    """A form without task starts the instance; only a standalone task is without execution."""
    owner = task or execution
    assert owner is not None
    for field_id, value in fields.items():
        context.emit(
            FormFieldSubmitted(
                time=context.now,
                process_instance_id=owner.process_instance_id,
                root_process_instance_id=owner.root_process_instance_id,
                process_definition_id=owner.process_definition_id,
                tenant_id=owner.tenant_id,
                field_id=field_id,
                field_value=value,
                execution_id=None if execution is None else execution.id,
                task_id=None if task is None else task.id,
                activity_instance_id=owner.process_instance_id if task is None else task.activity_instance_id,
            )
        )
