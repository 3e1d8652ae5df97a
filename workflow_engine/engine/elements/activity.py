"""What tasks, sub-processes and call activities have in common: leaving one leaves a record for its compensation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.engine import compensation
from workflow_engine.engine.elements.base import Element

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ActivityElement(Element):
    def do_leave(self, execution: Execution) -> None:
        compensation.record(execution)
        super().do_leave(execution)

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        if name == compensation.SIGNAL_COMPENSATION_DONE:
            self.compensation_done(execution)
        else:
            super().signal(execution, name, data)

    def compensation_done(self, execution: Execution) -> None:
        """Inside a scope that is being compensated one handler is done: when all are, the scope is."""
        if execution.live_children:
            return
        parent = execution.parent
        if parent is not None:
            execution.context.subscriptions.tell_compensated(execution)
            execution.remove()
            execution.context.lifecycle.signal(parent, compensation.SIGNAL_COMPENSATION_DONE)


class WaitingActivity(ActivityElement):
    """Waits after it was executed and is left when it is signalled."""

    def execute(self, execution: Execution) -> None:
        pass

    def signal(self, execution: Execution, name: str | None, data: object) -> None:
        if name == compensation.SIGNAL_COMPENSATION_DONE:
            self.compensation_done(execution)
        else:
            self.leave(execution)
