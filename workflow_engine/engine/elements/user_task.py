"""User task: work for people; and receive task: waits for its message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.elements.activity import WaitingActivity

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class UserTaskElement(WaitingActivity):
    def execute(self, execution: Execution) -> None:
        execution.context.user_tasks.create(execution)


ELEMENTS = {behaviors.USER_TASK: UserTaskElement(), behaviors.RECEIVE_TASK: WaitingActivity()}
