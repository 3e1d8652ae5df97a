"""Reading a timer's due date from the model again, with the variables as they are now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.bpmn.data import TimerDeclaration
from workflow_engine.engine import timers
from workflow_engine.engine.errors import BadInput, ModelError
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.state import Job
from workflow_engine.expressions import ExpressionError, VariablesContext
from workflow_engine.services.command import Session
from workflow_engine.services.management.jobs import change_job, entry
from workflow_engine.services.operation_log import Entry
from workflow_engine.store import database, definitions


def recalculate_job_due_date(
    job_id: str, *, from_creation: bool = True, user: Any = None, using: str | None = None
) -> None:
    """`from_creation`: durations and cycles count from the moment when the job was made; else from now."""
    alias = database.alias(using)

    def change(job: Job, current: Session) -> list[Entry]:
        if not job.handler_type.startswith("timer") or job.process_definition_id is None:
            raise BadInput(
                f"Only timer jobs can be recalculated, but the job with id '{job.id}' is of type '{job.handler_type}'."
            )
        declared = _declaration(definitions.get(job.process_definition_id, alias), job)
        now = current.engine.context.now
        start = job.create_time.astimezone(now.tzinfo) if from_creation else now
        value = _value(declared, job, current, start)
        place = declared.activity_id
        before = job.due_date
        job.due_date = timers.due_date(declared.timer.kind, value, start, place=place)
        if job.repeat is not None:
            job.repeat, job.repeat_offset = timers.prepare_repeat(str(value), start), 0
        due, based = ("duedate", before, job.due_date), ("creationDateBased", None, from_creation)
        return [entry(job, "RecalculateDueDate", *changed) for changed in (due, based)]

    change_job(job_id, change, user, alias)


def _declaration(definition: ProcessDefinition, job: Job) -> TimerDeclaration:
    for scope in (definition, *definition.flow_nodes.values()):
        for declared in scope.timers:
            if job.handler_configuration == declared.activity_id and declared.job.job_type == job.handler_type:
                return declared
        task = getattr(scope, "user_task", None)
        for declared in task.timeout_timers if task is not None else ():
            if job.handler_configuration == declared.listener_id:
                return declared
    raise BadInput(f"Cannot recalculate the due date of job '{job.id}': its timer is not in the model any more.")


def _value(declared: TimerDeclaration, job: Job, current: Session, start: datetime) -> Any:
    expression = declared.timer.expression
    if job.execution_id is not None:
        return evaluate(expression, current.engine.context.execution(job.execution_id))
    try:
        return expression.evaluate(VariablesContext({}, now=lambda: start))
    except ExpressionError as error:
        raise ModelError(f"The timer '{declared.activity_id}' cannot be read: {error}") from error
