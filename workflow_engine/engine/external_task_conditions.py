"""Conditions of camunda:errorEventDefinition: they see the external task as `externalTask`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import Scope
from workflow_engine.expressions import (
    Expression,
    ExpressionError,
    ExpressionObject,
    UnknownMethodError,
    UnknownPropertyError,
)

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import ExternalTask

_COLUMNS = {
    "id": "id",
    "topicName": "topic_name",
    "workerId": "worker_id",
    "retries": "retries",
    "errorMessage": "error_message",
    "errorDetails": "error_details",
    "activityId": "activity_id",
    "priority": "priority",
    "processInstanceId": "process_instance_id",
    "executionId": "execution_id",
}


class DelegateExternalTask(ExpressionObject):
    def __init__(self, task: ExternalTask) -> None:
        self._task = task

    def get_property(self, name: str) -> Any:
        if name not in _COLUMNS:
            raise UnknownPropertyError(f"Could not find property {name} in externalTask")
        return getattr(self._task, _COLUMNS[name])

    def call_method(self, name: str, args: list[Any]) -> Any:
        if name.startswith("get") and not args:
            return self.get_property(name[3:4].lower() + name[4:])
        raise UnknownMethodError(f"Cannot find method {name} with {len(args)} parameters")


class _Scope(Scope):
    __slots__ = ("external_task",)

    def __init__(self, execution: Execution, external_task: ExternalTask) -> None:
        super().__init__(execution)
        self.external_task = external_task

    def resolve(self, name: str) -> Any:
        if name == "externalTask":
            return DelegateExternalTask(self.external_task)
        return super().resolve(name)


def holds(condition: Expression, execution: Execution, task: ExternalTask) -> bool:
    try:
        return condition.evaluate(_Scope(execution, task)) is True
    except ExpressionError as error:
        raise ModelError(
            f"Condition of an error event definition at '{task.activity_id}' failed: {error}",
            activity_id=task.activity_id,
        ) from error
