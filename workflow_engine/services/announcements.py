"""Tells others after the commit: those who wait for external tasks, sweepers, and the receivers of the site's signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from workflow_engine import signals, wakeup
from workflow_engine.engine import history as events
from workflow_engine.engine import state
from workflow_engine.engine.history import HistoryEvent
from workflow_engine.services import logged
from workflow_engine.services.metrics import counting
from workflow_engine.services.visibility import acting_for
from workflow_engine.store.unit_of_work import Changes, UnitOfWork

Arguments = Callable[[Any], dict[str, Any]]

SIGNALS: dict[type[HistoryEvent], tuple[Signal, Arguments]] = {
    events.ProcessInstanceStarted: (signals.instance_started, lambda e: {"business_key": e.business_key}),
    events.ProcessInstanceEnded: (signals.instance_ended, lambda e: {"state": e.state}),
    events.IncidentOpened: (
        signals.incident_created,
        lambda e: {
            "incident_id": e.incident.id,
            "incident_type": e.incident.incident_type,
            "activity_id": e.incident.activity_id,
            "message": e.incident.incident_message,
        },
    ),
    events.IncidentClosed: (signals.incident_resolved, lambda e: {"incident_id": e.incident_id}),
    events.ExternalTaskLogged: (
        signals.external_task_failed,
        lambda e: {
            "external_task_id": e.external_task.id,
            "topic_name": e.external_task.topic_name,
            "worker_id": e.worker_id,
            "retries": e.external_task.retries,
            "error_message": e.error_message,
        },
    ),
    events.JobLogged: (
        signals.job_failed,
        lambda e: {"job_id": e.job.id, "retries": e.job.retries, "exception_message": e.exception_message},
    ),
}


# What becomes due later is found by the sweepers' own looks.
SOON = timedelta(seconds=2)


def after_commit(work: UnitOfWork, changes: Changes, happened: Sequence[HistoryEvent]) -> None:
    topics = set()
    for row in (*changes.inserted, *work.updated):
        if type(row) is state.ExternalTask:
            topics.add(row.topic_name)
        elif type(row) is state.Job and _is_for_sweepers(row, work):
            topics.add(wakeup.JOBS)
    announce_topics(work.using, topics)
    counting.after_commit(happened, work.using)
    logged.after_commit(happened, work.using)
    for event in happened:
        signal, arguments = SIGNALS.get(type(event), (None, None))
        # Logs tell of more than failures; and most sites listen to nothing.
        if signal is None or arguments is None or not signal.receivers or getattr(event, "state", "failed") in _QUIET:
            continue
        send = partial(
            _send,
            signal,
            sender=type(event),
            process_instance_id=event.process_instance_id,
            process_definition_id=event.process_definition_id,
            tenant_id=event.tenant_id,
            time=event.time,
            **arguments(event),
        )
        transaction.on_commit(send, using=work.using, robust=True)


def _is_for_sweepers(job: state.Job, work: UnitOfWork) -> bool:
    if job.retries <= 0 or job.is_suspended or job.lock_owner is not None:
        return False
    return job.due_date is None or job.due_date <= work.now + SOON


def _send(signal: Signal, **arguments: Any) -> None:
    """What receivers do is done by the site, whoever the caller is."""
    with acting_for(None):
        signal.send_robust(**arguments)


_QUIET = frozenset({"created", "successful", "deleted"})


def announce_topics(using: str, topics: set[str]) -> None:
    """There may be work for these topics, once the transaction has committed."""
    if topics:
        transaction.on_commit(partial(wakeup.announce, topics), using=using, robust=True)
