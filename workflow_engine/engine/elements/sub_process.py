"""Embedded sub-process, transaction and event sub-process: a scope with activities of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine import compensation
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.errors import ModelError

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class SubProcess(ActivityElement):
    is_composite = True

    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        if activity.initial is None:
            raise ModelError(f"Sub-process '{activity.id}' has no start event.", activity_id=activity.id)
        execution.context.lifecycle.execute_activity(execution, activity.initial)

    def concurrent_child_ended(self, scope_execution: Execution, ended: Execution) -> None:
        ended.remove()
        scope_execution.try_prune_last_concurrent_child()

    def complete(self, execution: Execution) -> None:
        self.leave(execution)

    def do_leave(self, execution: Execution) -> None:
        compensation.remember_scope(execution)
        super().do_leave(execution)


ELEMENTS = {behaviors.SUB_PROCESS: SubProcess(), behaviors.EVENT_SUB_PROCESS: SubProcess()}
