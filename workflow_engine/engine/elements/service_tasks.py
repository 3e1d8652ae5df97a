"""Tasks that are done at once: undefined and manual tasks, expressions, Python handlers, scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.delegates import DelegateExecution
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.errors_thrown import propagate_error
from workflow_engine.engine.evaluation import evaluate, evaluate_script
from workflow_engine.engine.handlers import BpmnError, call_handler, resolve_handler

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


class ImmediateTask(ActivityElement):
    """Does its work, keeps the result where the model asks for it, and goes on. A BPMN error goes its own way."""

    keeps_null = True  # does a null result change the result variable?

    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        try:
            result = self.work(execution)
        except BpmnError as error:
            propagate_error(execution, error.code, error.message)
            return
        if activity.result_variable is not None and (result is not None or self.keeps_null):
            execution.context.variables.set(execution, activity.result_variable, result)
        self.leave(execution)

    def work(self, execution: Execution) -> Any:
        raise NotImplementedError


class ExpressionTask(ImmediateTask):
    def work(self, execution: Execution) -> Any:
        activity = execution.activity
        assert activity is not None
        assert activity.service is not None
        assert activity.service.expression is not None
        return evaluate(activity.service.expression, execution)


class HandlerTask(ImmediateTask):
    """camunda:class and camunda:delegateExpression: the handler gets the execution and the injected fields."""

    def work(self, execution: Execution) -> Any:
        activity = execution.activity
        assert activity is not None
        assert activity.service is not None
        fields = {field.name: evaluate(field.value, execution) for field in activity.fields}
        handler = resolve_handler(activity.service, execution)
        return call_handler(handler, DelegateExecution(execution, fields=fields), execution)


class ScriptTask(ImmediateTask):
    keeps_null = False

    def work(self, execution: Execution) -> Any:
        assert execution.activity is not None
        assert execution.activity.script is not None
        return evaluate_script(execution.activity.script, execution)


class DecisionTask(ActivityElement):
    def execute(self, execution: Execution) -> None:
        raise ModelError(
            f"Business rule task '{execution.activity_id}' refers to a decision: decisions (DMN) cannot be evaluated.",
            activity_id=execution.activity_id,
        )


ELEMENTS = {
    behaviors.PASS_THROUGH_TASK: ActivityElement(),
    behaviors.EXPRESSION_TASK: ExpressionTask(),
    behaviors.HANDLER_TASK: HandlerTask(),
    behaviors.SCRIPT_TASK: ScriptTask(),
    behaviors.DECISION_TASK: DecisionTask(),
}
