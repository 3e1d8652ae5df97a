"""Parallel gateway: waits until as many tokens as incoming flows have arrived, then takes all outgoing flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.elements.base import Element

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ParallelGateway(Element):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        execution.is_active = False
        if execution.context.count_inactive_at(execution, activity) < len(activity.incoming):
            return  # told without loading the others, of which there may be many
        arrived = inactive_at(execution, activity)
        if len(arrived) == len(activity.incoming):
            execution.context.lifecycle.leave_via(execution, list(activity.outgoing), arrived)


def inactive_at(execution: Execution, activity: Activity) -> list[Execution]:
    """The tokens that wait at the gateway, those of nested executions included (as Camunda counts them)."""
    if not execution.is_concurrent:
        return [] if execution.is_active else [execution]
    parent = execution.parent
    assert parent is not None
    return inactive_below(parent, activity)


def inactive_below(execution: Execution, activity: Activity) -> list[Execution]:
    return [found for found in execution.descendants() if found.activity is activity and not found.is_active]


ELEMENTS = {behaviors.PARALLEL_GATEWAY: ParallelGateway()}
