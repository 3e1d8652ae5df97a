"""Execution and task listeners: the site's handlers, expressions and scripts that the model hangs on events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import FieldInjection, Listener, ServiceImplementation
from workflow_engine.engine.delegates import DelegateExecution, DelegateTask
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import evaluate, evaluate_script
from workflow_engine.engine.handlers import call_handler, resolve_handler

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import UserTask


class Listeners:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def fire(self, execution: Execution, listeners: tuple[Listener, ...], event: str) -> None:
        if not listeners or execution.skip_custom_listeners:
            return
        for listener in listeners:
            if listener.event == event:
                self._invoke(execution, listener, event)

    def _invoke(self, execution: Execution, listener: Listener, event: str) -> None:
        if listener.script is not None:
            evaluate_script(listener.script, execution, event_name=event)
            return
        service = listener.service
        assert service is not None
        delegate = DelegateExecution(execution, event_name=event, fields=_fields(listener.fields, execution))
        self._run(service, execution, delegate, None)

    def fire_task(self, task: UserTask, listener: Listener, event: str) -> None:
        execution = self.context.user_tasks.execution_of(task)
        if listener.script is not None:
            evaluate_script(listener.script, execution, task=task, event_name=event)
            return
        service = listener.service
        assert service is not None
        delegate = DelegateTask(self.context, task, event_name=event, fields=_fields(listener.fields, execution))
        self._run(service, execution, delegate, task)

    def _run(self, service: ServiceImplementation, execution: Execution, delegate: Any, task: UserTask | None) -> None:
        if service.kind == "expression":
            assert service.expression is not None
            evaluate(service.expression, execution, task)
        elif service.kind in ("delegate_expression", "class"):
            call_handler(resolve_handler(service, execution), delegate, execution)
        else:
            raise ModelError(f"A listener cannot be of kind '{service.kind}'.", activity_id=execution.activity_id)


def _fields(fields: tuple[FieldInjection, ...], execution: Execution) -> dict[str, Any]:
    return {field.name: evaluate(field.value, execution) for field in fields}
