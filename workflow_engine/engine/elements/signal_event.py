"""Throwing signal event, intermediate or end: to everybody who waits for it, in this and in other instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine import variable_mappings
from workflow_engine.engine.elements.base import Element
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.event_delivery import throw_signal

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class SignalThrowEvent(Element):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert activity.signal is not None
        signal = activity.signal
        tenant_ids = (execution.tenant_id, "") if execution.tenant_id else ("",)
        throw_signal(
            execution.context,
            str(evaluate(signal.name, execution)),
            variable_mappings.inputs(execution, signal.mappings),
            business_key=variable_mappings.business_key(execution, signal.mappings),
            is_async=signal.is_async,
            tenant_ids=tenant_ids,
        )
        self.leave(execution)


ELEMENTS = {behaviors.SIGNAL_THROW_EVENT: SignalThrowEvent()}
