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
    context: CommandContext, fields: Mapping[str, str], execution: Execution, task: UserTask | None = None
) -> None:
    """A form without task starts the instance."""
    for field_id, value in fields.items():
        context.emit(
            FormFieldSubmitted(
                time=context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                field_id=field_id,
                field_value=value,
                execution_id=execution.id,
                task_id=None if task is None else task.id,
                activity_instance_id=execution.process_instance_id if task is None else task.activity_instance_id,
            )
        )
