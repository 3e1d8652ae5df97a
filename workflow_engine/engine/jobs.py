"""Jobs: asynchronous continuations and timers. Creating, executing, failing and removing them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workflow_engine import ids
from workflow_engine.bpmn.data import JobDeclaration, TimerDeclaration
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine import timers
from workflow_engine.engine.errors import ModelError, NotFound, Suspended
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.history import JobLogged
from workflow_engine.engine.state import Job
from workflow_engine.expressions import Expression

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.operations import Operation

ASYNC_CONTINUATION = "async-continuation"
EVENT = "event"


class Jobs:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def of(self, execution: Execution) -> list[Job]:
        if execution.job_list is None:
            rows = self.context.loader.jobs(execution.id)
            execution.job_list = [row for row in self.context.adopt_rows(rows) if row.execution_id == execution.id]
        return execution.job_list

    # -- creating ---------------------------------------------------------------------------------

    def create_continuation(self, execution: Execution, operation: Operation) -> Job | None:
        """Makes a job of an operation; None if the execution has ended since the operation was asked for."""
        execution = execution.replaced_by or execution
        if execution.is_removed or (execution.is_ended and operation.dropped_if_ended):
            return None
        kind = operation.async_kind
        activity = execution.activity
        assert activity is not None
        declaration = activity.async_before_job if kind == "before" else activity.async_after_job
        configuration = operation.name
        if kind == "after" and execution.transition is not None and operation.name != "activity-end":
            configuration = f"{operation.name}${execution.transition.id}"
        return self._insert(
            execution,
            handler_type=ASYNC_CONTINUATION,
            configuration=configuration,
            declaration=declaration,
            activity=activity,
            is_exclusive=activity.exclusive,
        )

    def create_timers(self, execution: Execution, scope: Scope) -> None:
        for declaration in scope.timers:
            if isinstance(scope, ProcessDefinition) and scope.flow_nodes[declaration.activity_id] in scope.start_events:
                continue  # starts the process: scheduled at deployment
            self.create_timer(execution, declaration)

    def create_timer(
        self, execution: Execution, declaration: TimerDeclaration, *, configuration: str | None = None
    ) -> Job:
        value = evaluate(declaration.timer.expression, execution)
        place = declaration.activity_id
        due_date = timers.due_date(declaration.timer.kind, value, self.context.now, place=place)
        repeat = None
        is_cycle = declaration.timer.kind == "cycle" and declaration.job.job_type != "timer-intermediate-transition"
        if is_cycle and not declaration.is_interrupting:
            repeat = timers.prepare_repeat(str(value), self.context.now)
        return self._insert(
            execution,
            handler_type=declaration.job.job_type,
            configuration=configuration or declaration.activity_id,
            declaration=declaration.job,
            activity=execution.definition.flow_nodes.get(declaration.activity_id),
            is_exclusive=True,
            due_date=due_date,
            repeat=repeat,
        )

    def create_event_job(self, execution: Execution, subscription_id: str, activity: Activity) -> Job:
        """An asynchronous signal or message: delivered by the sweeper."""
        return self._insert(
            execution,
            handler_type=EVENT,
            configuration=subscription_id,
            declaration=None,
            activity=activity,
            is_exclusive=True,
        )

    def _insert(
        self,
        execution: Execution,
        *,
        handler_type: str,
        configuration: str,
        declaration: JobDeclaration | None,
        activity: Activity | None,
        is_exclusive: bool,
        due_date: datetime | None = None,
        repeat: str | None = None,
    ) -> Job:
        definition = execution.definition
        job_definition_id = None
        if declaration is not None:
            job_definition_id = ids.job_definition_id(
                definition.definition_id, declaration.activity_id, declaration.job_type, declaration.configuration
            )
        job = Job(
            id=self.context.environment.new_id(execution.root_process_instance_id),
            handler_type=handler_type,
            handler_configuration=configuration,
            create_time=self.context.now,
            job_definition_id=job_definition_id,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            execution_id=execution.id,
            process_definition_id=definition.definition_id,
            process_definition_key=definition.key,
            deployment_id=definition.deployment_id,
            activity_id=None if activity is None else activity.id,
            due_date=due_date,
            repeat=repeat,
            retries=self.context.environment.default_retries,
            is_exclusive=is_exclusive,
            priority=self._priority(execution, activity),
            is_suspended=execution.is_suspended,
            tenant_id=execution.tenant_id,
        )
        self.of(execution).append(job)
        self.context.insert(job)
        self.log(job, "created")
        return job

    def _priority(self, execution: Execution, activity: Activity | None) -> int:
        expression: Expression | None = None if activity is None else activity.job_priority
        if expression is None:
            expression = execution.definition.job_priority
        if expression is None:
            return 0
        value = evaluate(expression, execution)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ModelError(
                f"Job priority of '{execution.activity_id}' is {value!r} instead of a whole number.",
                activity_id=execution.activity_id,
            ) from None

    # -- executing --------------------------------------------------------------------------------

    def find(self, job_id: str) -> Job:
        rows = self.context.adopt_rows([row] if (row := self.context.loader.job(job_id)) is not None else [])
        if not rows:
            raise NotFound(f"No job found with id '{job_id}'.")
        job: Job = rows[0]
        if job.execution_id is not None:
            # Known by its execution from now on, so that whoever ends the execution finds the same object.
            listed = [found for found in self.of(self.context.execution(job.execution_id)) if found.id == job.id]
            job = listed[0] if listed else job
        return job

    def execute(self, job: Job) -> None:
        from workflow_engine.engine.job_handlers import handle

        execution = None if job.execution_id is None else self.context.execution(job.execution_id)
        if job.is_suspended or (execution is not None and execution.is_suspended):
            raise Suspended(f"Cannot execute job '{job.id}': its process instance or definition is suspended.")
        if job.repeat is not None:
            self._schedule_next(job)
        if execution is not None:
            self.context.incidents.close_of(execution, job.id, resolved=True)
            # Not canceled together with its execution: it is the one that runs.
            if job in self.of(execution):
                self.of(execution).remove(job)
        handle(self.context, job, execution)
        if execution is None:
            self.finish(job)
            return
        self.context.delete(job)
        self.log(job, "successful")

    def finish(self, job: Job) -> None:
        """A job without execution is done."""
        self.close_incident(job, resolved=True)
        self.context.delete(job)
        self.log(job, "successful")

    def _schedule_next(self, job: Job) -> None:
        assert job.repeat is not None
        next_date = timers.next_repeat(job.repeat, self.context.now, offset=job.repeat_offset)
        if next_date is None:
            return
        follower = Job(
            id=self.context.environment.new_id(job.root_process_instance_id),
            handler_type=job.handler_type,
            handler_configuration=job.handler_configuration,
            create_time=self.context.now,
            job_definition_id=job.job_definition_id,
            process_instance_id=job.process_instance_id,
            root_process_instance_id=job.root_process_instance_id,
            execution_id=job.execution_id,
            process_definition_id=job.process_definition_id,
            process_definition_key=job.process_definition_key,
            deployment_id=job.deployment_id,
            activity_id=job.activity_id,
            due_date=next_date,
            repeat=job.repeat,
            repeat_offset=job.repeat_offset,
            retries=self.context.environment.default_retries,
            is_exclusive=job.is_exclusive,
            priority=job.priority,
            tenant_id=job.tenant_id,
        )
        if job.execution_id is not None:
            self.of(self.context.execution(job.execution_id)).append(follower)
        self.context.insert(follower)
        self.log(follower, "created")

    # -- failing ----------------------------------------------------------------------------------

    def fail(self, job: Job, message: str, stacktrace: str, failed_activity_id: str | None) -> None:
        """Records the failure and takes a retry; waits as the model says; at zero an incident opens."""
        from workflow_engine.engine.retries import after_failure

        is_first = job.exception_message is None
        job.exception_message = message
        job.exception_stacktrace = stacktrace
        job.failed_activity_id = failed_activity_id
        self.log(job, "failed")
        if job.repeat is not None:
            # The cycle goes on; what is tried again is this one occurrence.
            self._schedule_next(job)
            job.repeat = None
        execution = None if job.execution_id is None else self.context.execution(job.execution_id)
        retries, due_date = after_failure(self.context, job, execution, is_first=is_first)
        job.lock_owner = None
        job.lock_expiration_time = None
        if due_date is not None:
            job.due_date = due_date
        self.set_retries(job, retries)

    def set_retries(self, job: Job, retries: int) -> None:
        if job.retries > 0 and retries == 0:
            self.context.incidents.open_for_job(job)
        elif job.retries == 0 and retries > 0:
            self.close_incident(job, resolved=True)
        job.retries = retries

    def close_incident(self, job: Job, *, resolved: bool) -> None:
        if job.execution_id is not None:
            self.context.incidents.close_of(self.context.execution(job.execution_id), job.id, resolved=resolved)
        elif job.exception_message is not None or job.retries == 0:
            self.context.incidents.close_without_instance(job, resolved=resolved)

    # -- removing ---------------------------------------------------------------------------------

    def remove(self, job: Job) -> None:
        if job.execution_id is not None:
            execution = self.context.execution(job.execution_id)
            if job in self.of(execution):
                self.of(execution).remove(job)
        self.close_incident(job, resolved=False)
        self.context.delete(job)
        self.log(job, "deleted")

    def remove_all(self, execution: Execution) -> None:
        successor = execution.replaced_by
        for job in list(self.of(execution)):
            if successor is not None and successor.id == execution.parent_id:
                self._move(job, execution, successor)
            else:
                self.remove(job)

    def remove_activity_jobs(self, execution: Execution) -> None:
        for job in list(self.of(execution)):
            if execution.activity_id is not None and job.activity_id == execution.activity_id:
                self.remove(job)

    def move_activity_jobs(self, source: Execution, target: Execution) -> None:
        """Jobs of the activity itself go with its token; timers of the scope stay with the scope."""
        if source.activity_id is None:
            return
        for job in list(self.of(source)):
            if job.activity_id == source.activity_id:
                self._move(job, source, target)

    def _move(self, job: Job, source: Execution, target: Execution) -> None:
        self.of(source).remove(job)
        job.execution_id = target.id
        self.of(target).append(job)
        self.context.incidents.move(source, target, job.id)

    def log(self, job: Job, state: str) -> None:
        failed = state == "failed"
        self.context.emit(
            JobLogged(
                time=self.context.now,
                process_instance_id=job.process_instance_id,
                root_process_instance_id=job.root_process_instance_id,
                process_definition_id=job.process_definition_id,
                tenant_id=job.tenant_id,
                state=state,
                job=job,
                retries=job.retries,
                due_date=job.due_date,
                exception_message=job.exception_message if failed else None,
                exception_stacktrace=job.exception_stacktrace if failed else None,
            )
        )
