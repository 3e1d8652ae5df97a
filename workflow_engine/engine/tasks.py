"""External tasks: work that is pulled by workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workflow_engine.engine.errors import LockLost, ModelError, NotFound, Suspended
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.history import ExternalTaskLogged
from workflow_engine.engine.state import ExternalTask
from workflow_engine.engine.user_tasks import UserTasks

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution

__all__ = ["ExternalTasks", "UserTasks"]


class ExternalTasks:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def of(self, execution: Execution) -> list[ExternalTask]:
        if execution.external_task_list is None:
            rows = self.context.loader.external_tasks(execution.id)
            execution.external_task_list = [
                row for row in self.context.adopt_rows(rows) if row.execution_id == execution.id
            ]
        return execution.external_task_list

    def create(self, execution: Execution) -> ExternalTask:
        context = self.context
        activity = execution.activity
        assert activity is not None
        assert activity.topic is not None
        assert execution.activity_instance_id is not None
        topic = evaluate(activity.topic, execution)
        if not isinstance(topic, str):
            raise ModelError(f"The topic of '{activity.id}' is {topic!r} instead of a text.", activity_id=activity.id)
        task = ExternalTask(
            id=context.environment.new_id(execution.root_process_instance_id),
            topic_name=topic,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            execution_id=execution.id,
            process_definition_id=execution.process_definition_id,
            process_definition_key=execution.definition.key,
            activity_id=activity.id,
            activity_instance_id=execution.activity_instance_id,
            create_time=context.now,
            business_key=execution.process_instance.business_key,
            priority=self._priority(execution),
            retries=self._retries(execution),
            is_suspended=execution.is_suspended,
            tenant_id=execution.tenant_id,
        )
        self.of(execution).append(task)
        context.insert(task)
        self.log(task, "created")
        return task

    def _priority(self, execution: Execution) -> int:
        activity = execution.activity
        assert activity is not None
        expression = activity.task_priority or execution.definition.task_priority
        return 0 if expression is None else _whole_number(evaluate(expression, execution), "priority", activity.id)

    def _retries(self, execution: Execution) -> int | None:
        activity = execution.activity
        assert activity is not None
        expression = activity.external_task_retries
        return None if expression is None else _whole_number(evaluate(expression, execution), "retries", activity.id)

    # -- the worker's answers ---------------------------------------------------------------------

    def find(self, task_id: str) -> ExternalTask:
        row = self.context.loader.external_task(task_id)
        rows = self.context.adopt_rows([row] if row is not None else [])
        if not rows:
            raise NotFound(f"No external task found with id '{task_id}'.")
        task: ExternalTask = rows[0]
        execution = self.context.execution(task.execution_id)
        if execution.external_task_list is None:
            execution.external_task_list = [task]  # an execution has one at most
        return task

    def find_locked(self, task_id: str, worker_id: str | None, lock_token: str | None, verb: str) -> ExternalTask:
        """The task, if this worker holds it."""
        task = self.find(task_id)
        if worker_id is not None and task.worker_id != worker_id:
            holder = "it is not locked" if task.worker_id is None else f"it is locked by worker '{task.worker_id}'"
            raise LockLost(f"Cannot {verb} external task '{task_id}' for worker '{worker_id}': {holder}.")
        if lock_token is not None and task.lock_token != lock_token:
            raise LockLost(f"Cannot {verb} external task '{task_id}': its lock was given to somebody else meanwhile.")
        if task.is_suspended:
            raise Suspended(f"Cannot {verb} external task '{task_id}': it is suspended.")
        return task

    def complete(self, task: ExternalTask, variables: Mapping[str, Any], local_variables: Mapping[str, Any]) -> None:
        execution = self._with_variables(task, variables, local_variables)
        if self._throws_mapped_error(task, execution):
            return
        self._delete(task, resolved=True)
        self.log(task, "successful", worker_id=task.worker_id)
        self.context.lifecycle.signal(execution)

    def fail(
        self,
        task: ExternalTask,
        *,
        error_message: str | None,
        error_details: str | None,
        retries: int,
        retry_timeout: int,
        variables: Mapping[str, Any],
        local_variables: Mapping[str, Any],
    ) -> None:
        execution = self._with_variables(task, variables, local_variables)
        task.error_message = error_message
        task.error_details = error_details
        if self._throws_mapped_error(task, execution, error_message=error_message):
            return
        task.lock_expiration_time = self.context.now + timedelta(milliseconds=retry_timeout)
        self.log(task, "failed", error_message=error_message, error_details=error_details, worker_id=task.worker_id)
        self.set_retries(task, retries)

    def throw_error(self, task: ExternalTask, code: str, message: str | None, variables: Mapping[str, Any]) -> None:
        from workflow_engine.engine.errors_thrown import propagate_error

        execution = self.context.execution(task.execution_id)
        self.context.variables.set_all(execution, variables)
        propagate_error(execution, code, message)

    def give_up(self, task: ExternalTask) -> None:
        """Workers took it again and again and never answered: an operator has to look before it is handed out once more."""
        times, worker_id = task.deliveries, task.worker_id
        task.error_message = f"The task was handed out {times} times and nobody answered before the lock expired; last to worker '{worker_id}'."
        task.error_details = None
        task.worker_id = task.lock_expiration_time = task.lock_token = None
        self.log(task, "failed", error_message=task.error_message, worker_id=worker_id)
        self.set_retries(task, 0)

    def set_retries(self, task: ExternalTask, retries: int) -> None:
        had_some = task.retries is None or task.retries > 0
        task.retries = retries
        task.deliveries = 0
        if had_some and retries <= 0:
            self.context.incidents.open_for_external_task(task)
        elif not had_some and retries > 0:
            execution = self.context.execution(task.execution_id)
            self.context.incidents.close_of(execution, task.id, resolved=True)

    def _with_variables(
        self, task: ExternalTask, variables: Mapping[str, Any], local_variables: Mapping[str, Any]
    ) -> Execution:
        execution = self.context.execution(task.execution_id)
        self.context.variables.set_all(execution, variables)
        self.context.variables.set_all_local(execution, local_variables)
        return execution

    def _throws_mapped_error(
        self, task: ExternalTask, execution: Execution, *, error_message: str | None = None
    ) -> bool:
        """camunda:errorEventDefinition of the task: a worker's answer that the model takes for a BPMN error."""
        from workflow_engine.engine.errors_thrown import propagate_error

        activity = execution.activity
        for mapping in () if activity is None else activity.error_mappings:
            if mapping.condition is not None and self._holds(mapping.condition, execution, task):
                message = error_message
                if mapping.message is not None:
                    message = str(evaluate(mapping.message, execution))
                propagate_error(execution, mapping.code, message)
                return True
        return False

    def _holds(self, condition: Any, execution: Execution, task: ExternalTask) -> bool:
        from workflow_engine.engine.external_task_conditions import holds

        return holds(condition, execution, task)

    # -- with the execution tree ------------------------------------------------------------------

    def move(self, source: Execution, target: Execution) -> None:
        for task in list(self.of(source)):
            self.of(source).remove(task)
            task.execution_id = target.id
            self.of(target).append(task)
            self.context.incidents.move(source, target, task.id)

    def remove_all(self, execution: Execution) -> None:
        for task in list(self.of(execution)):
            self._delete(task, resolved=False)
            self.log(task, "deleted")

    def _delete(self, task: ExternalTask, *, resolved: bool) -> None:
        execution = self.context.execution(task.execution_id)
        if task in self.of(execution):
            self.of(execution).remove(task)
        self.context.incidents.close_of(execution, task.id, resolved=resolved)
        self.context.delete(task)

    def log(self, task: ExternalTask, state: str, **details: Any) -> None:
        self.context.emit(
            ExternalTaskLogged(
                time=self.context.now,
                process_instance_id=task.process_instance_id,
                root_process_instance_id=task.root_process_instance_id,
                process_definition_id=task.process_definition_id,
                tenant_id=task.tenant_id,
                state=state,
                external_task=task,
                retries=task.retries,
                **details,
            )
        )


def _whole_number(value: Any, what: str, activity_id: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ModelError(
            f"The {what} of '{activity_id}' is {value!r} instead of a whole number.", activity_id=activity_id
        ) from None
