"""Evaluates a model's expressions and scripts on an execution or a user task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import Script
from workflow_engine.engine.delegates import DelegateExecution, DelegateTask
from workflow_engine.engine.errors import ModelError
from workflow_engine.expressions import Expression, ExpressionError, UnknownNameError, functions

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import UserTask


class Scope:
    """Resolves the names of an expression: variables, the execution, the task, beans and functions."""

    __slots__ = ("execution", "task")

    def __init__(self, execution: Execution, task: UserTask | None = None) -> None:
        self.execution = execution
        self.task = task

    def resolve(self, name: str) -> Any:
        context = self.execution.context
        if self.task is not None:
            if name == "task":
                return DelegateTask(context, self.task)
            local = context.variables.task_local(self.task).get(name)
            if local is not None:
                return local.value
        if name == "execution":
            return DelegateExecution(self.execution)
        variable = context.variables.find(self.execution, name)
        if variable is not None:
            return variable.value
        if name == "authenticatedUserId":
            return context.environment.current_user()
        bean = context.environment.handler(name)
        if bean is not None:
            return bean
        raise UnknownNameError(name)

    def call_function(self, name: str, args: list[Any]) -> Any:
        context = self.execution.context
        user_id = context.environment.current_user()
        return functions.call(name, args, now=lambda: context.now, user_id=user_id)


def evaluate(expression: Expression, execution: Execution, task: UserTask | None = None) -> Any:
    """The expression's value; ModelError names the element."""
    if expression.is_literal:
        return expression.text
    try:
        return expression.evaluate(Scope(execution, task))
    except ExpressionError as error:
        raise _failed(error, execution) from error


def evaluate_condition(condition: Expression | Script, execution: Execution) -> bool:
    """Whether a condition of a flow, an event or a completion holds."""
    if isinstance(condition, Script):
        result = evaluate_script(condition, execution)
        if not isinstance(result, bool):
            raise ModelError(
                f"Condition script at '{execution.activity_id}' returns {result!r} instead of true or false.",
                activity_id=execution.activity_id,
            )
        return result
    try:
        return expression_condition(condition, execution)
    except ExpressionError as error:
        raise _failed(error, execution) from error


def expression_condition(condition: Expression, execution: Execution) -> bool:
    return condition.evaluate_condition(Scope(execution))


def evaluate_script(
    script: Script, execution: Execution, *, task: UserTask | None = None, event_name: str | None = None
) -> Any:
    """The value of the script's last expression; what it wants done has been done."""
    from workflow_engine.engine.scripts import run_script

    return run_script(script, execution, task=task, event_name=event_name)


def _failed(error: Exception, execution: Execution) -> ModelError:
    place = execution.activity_id or execution.definition.key
    return ModelError(f"Expression at '{place}' failed: {error}", activity_id=execution.activity_id)
