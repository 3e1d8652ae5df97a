"""What starts instances of a definition: subscriptions of message and signal start events, jobs of timer start events.

Only the newest version of a key and tenant has any.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from workflow_engine import bpmn, conf, ids, models
from workflow_engine.bpmn.data import EventSubscriptionDeclaration, TimerDeclaration
from workflow_engine.engine import state, timers
from workflow_engine.engine.errors import BadInput, ModelError
from workflow_engine.engine.history import JobLogged
from workflow_engine.expressions import Expression, ExpressionError, VariablesContext
from workflow_engine.store.unit_of_work import UnitOfWork

TIMER_START_EVENT = "timer-start-event"
Pair = tuple[bpmn.ProcessDefinition, models.ProcessDefinition]


def replace(work: UnitOfWork, pairs: Sequence[Pair]) -> None:
    """Gives these definitions, which are the newest of their keys, their triggers, and takes those of all other versions."""
    remove(work.using, [(row.key, row.tenant_id) for _, row in pairs])
    subscriptions = [found for process, row in pairs for found in _subscriptions(process, row, work.now)]
    _refuse_ambiguous(subscriptions, work.using)
    jobs = [found for process, row in pairs for found in _jobs(process, row, work.now)]
    logged = [
        JobLogged(
            time=work.now, process_instance_id=None, root_process_instance_id=None, process_definition_id=job.process_definition_id,
            tenant_id=job.tenant_id, state="created", job=job, retries=job.retries,
            due_date=job.due_date,
        )
        for job in jobs
    ]  # fmt: skip
    work.flush(SimpleNamespace(inserted=[*subscriptions, *jobs], deleted=[]), logged)


def remove(using: str, keys: Collection[tuple[str, str]]) -> None:
    """Removes the triggers of every version of these keys and tenants."""
    for key, tenant_id in keys:
        versions = models.ProcessDefinition.objects.using(using).of_key(key, tenant_id).values("pk")
        starts = models.EventSubscription.objects.using(using).of_start_events()
        starts.filter(process_definition_id__in=versions).delete()
        jobs = models.Job.objects.using(using).filter(handler_type=TIMER_START_EVENT, process_instance_id__isnull=True)
        jobs.filter(process_definition_id__in=versions).delete()


def _subscriptions(
    process: bpmn.ProcessDefinition, row: models.ProcessDefinition, now: datetime
) -> list[state.EventSubscription]:
    found = []
    for sequence, declared in enumerate(process.event_subscriptions):
        if declared.is_start_event:
            found.append(
                state.EventSubscription(
                    id=ids.new_id(),
                    event_type=declared.event_type,
                    event_name=_name(declared, process, now),
                    activity_id=declared.activity_id,
                    created=now,
                    process_definition_id=row.pk,
                    configuration=row.pk,
                    sequence=sequence,
                    tenant_id=row.tenant_id,
                )
            )
    return found


def _name(declared: EventSubscriptionDeclaration, process: bpmn.ProcessDefinition, now: datetime) -> str | None:
    if declared.name is None:
        return None
    return str(_evaluate(declared.name, process, declared.activity_id, now))


def _evaluate(expression: Expression, process: bpmn.ProcessDefinition, activity_id: str, now: datetime) -> Any:
    """Before an instance exists there are no variables, but functions such as now()."""
    try:
        return expression.evaluate(VariablesContext({}, now=lambda: now))
    except ExpressionError as error:
        raise BadInput(f"Cannot deploy process '{process.key}': {error} (element '{activity_id}').") from error


def _refuse_ambiguous(subscriptions: Sequence[state.EventSubscription], using: str) -> None:
    """A message may start one process only."""
    starts = models.EventSubscription.objects.using(using).messages().of_start_events()
    seen: dict[tuple[str | None, str], str | None] = {}
    for subscription in subscriptions:
        if subscription.event_type != "message":
            continue
        key = (subscription.event_name, subscription.tenant_id)
        other = starts.filter(event_name=subscription.event_name, tenant_id=subscription.tenant_id).first()
        holder = other.process_definition_id if other is not None else seen.get(key)
        if holder is not None:
            raise BadInput(
                f"Cannot deploy process definition '{subscription.process_definition_id}': '{holder}' already has a start event"
                f" for the message with name '{subscription.event_name}'."
            )
        seen[key] = subscription.process_definition_id


def _jobs(process: bpmn.ProcessDefinition, row: models.ProcessDefinition, now: datetime) -> list[state.Job]:
    starts = {activity.id for activity in process.start_events}
    return [_job(process, row, timer, now) for timer in process.timers if timer.activity_id in starts]


def _job(
    process: bpmn.ProcessDefinition, row: models.ProcessDefinition, timer: TimerDeclaration, now: datetime
) -> state.Job:
    value = _evaluate(timer.timer.expression, process, timer.activity_id, now)
    try:
        due_date = timers.due_date(timer.timer.kind, value, now, place=timer.activity_id)
        repeat = timers.prepare_repeat(str(value), now) if timer.timer.kind == "cycle" else None
    except ModelError as error:
        raise BadInput(f"Cannot deploy process '{process.key}': {error}") from error
    declared = timer.job
    return state.Job(
        id=ids.new_id(),
        handler_type=TIMER_START_EVENT,
        handler_configuration=timer.activity_id,
        create_time=now,
        job_definition_id=ids.job_definition_id(
            row.pk, declared.activity_id, declared.job_type, declared.configuration
        ),
        process_definition_id=row.pk,
        process_definition_key=row.key,
        deployment_id=str(row.deployment_id),
        activity_id=timer.activity_id,
        due_date=due_date,
        repeat=repeat,
        retries=conf.current().default_retries,
        priority=_priority(process, timer.activity_id),
        is_suspended=row.is_suspended,
        tenant_id=row.tenant_id,
    )


def _priority(process: bpmn.ProcessDefinition, activity_id: str) -> int:
    expression = process.flow_nodes[activity_id].job_priority or process.job_priority
    try:
        return 0 if expression is None else int(expression.text)
    except ValueError:
        return 0  # an expression: there is no instance yet that it could ask
