"""External task: creates work for a worker and waits until it is done. Also message throw and end events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.elements.activity import WaitingActivity

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ExternalTaskElement(WaitingActivity):
    def execute(self, execution: Execution) -> None:
        execution.context.external_tasks.create(execution)


ELEMENTS = {behaviors.EXTERNAL_TASK: ExternalTaskElement()}
