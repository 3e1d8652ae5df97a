"""Where a form stands: at a task, or at a start event, when there is no instance yet. What its expressions and validators see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from workflow_engine import handlers
from workflow_engine.engine.delegates import DelegateExecution, DelegateTask
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import Scope
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.state import UserTask
from workflow_engine.expressions import Expression, ExpressionError, UnknownNameError, VariablesContext


class Place(Protocol):
    @property
    def execution(self) -> DelegateExecution | None: ...
    @property
    def task(self) -> DelegateTask | None: ...
    @property
    def user_id(self) -> str | None: ...
    def has_value(self, name: str) -> bool:
        """Whether there is a variable of this name that is not null."""
        ...

    def evaluate(self, expression: Expression, handled: Mapping[str, Any]) -> Any:
        """ExpressionError if that fails. `handled`: the fields that the form has set already."""
        ...


class AtStart:
    execution = task = None

    def __init__(self, user_id: str | None) -> None:
        self.user_id = user_id

    def has_value(self, name: str) -> bool:
        return False

    def evaluate(self, expression: Expression, handled: Mapping[str, Any]) -> Any:
        return expression.evaluate(_StartNames(handled, now=lambda: datetime.now(UTC), user_id=self.user_id))


class AtTask:
    def __init__(self, execution: Execution, task: UserTask) -> None:
        self._execution, self._task = execution, task
        self._context = execution.context
        self.execution = DelegateExecution(execution)
        self.task = DelegateTask(self._context, task)
        self.user_id = self._context.environment.current_user()

    def has_value(self, name: str) -> bool:
        variables = self._context.variables
        found = variables.task_local(self._task).get(name) or variables.find(self._execution, name)
        return found is not None and found.value is not None

    def evaluate(self, expression: Expression, handled: Mapping[str, Any]) -> Any:
        return expression.evaluate(_TaskNames(self._execution, self._task, handled))


class _StartNames(VariablesContext):
    """The fields that the form has set already, and the site's beans."""

    def resolve(self, name: str) -> Any:
        try:
            return super().resolve(name)
        except UnknownNameError:
            if (bean := handlers.find(name)) is None:
                raise
            return bean


class _TaskNames(Scope):
    """The names that the task sees, and before them the fields that the form has set already."""

    __slots__ = ("handled",)

    def __init__(self, execution: Execution, task: UserTask, handled: Mapping[str, Any]) -> None:
        super().__init__(execution, task)
        self.handled = handled

    def resolve(self, name: str) -> Any:
        return self.handled[name] if name in self.handled else super().resolve(name)


def default_of(expression: Expression, place: Place, handled: Mapping[str, Any]) -> Any:
    if expression.is_literal:
        return expression.text
    try:
        return place.evaluate(expression, handled)
    except ExpressionError as error:
        raise ModelError(f"A default value of the form cannot be evaluated: {error}") from error
