"""Log records of what operators have to know of: incidents, and tasks that failed. After the commit, as it has come to stay then.

No messages: what a worker or a handler says may hold values of variables. It stands with the incident and the task.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from workflow_engine import logs
from workflow_engine.engine import history as events
from workflow_engine.engine.history import HistoryEvent

incidents = logging.getLogger("workflow_engine.incidents")
external_tasks = logging.getLogger("workflow_engine.external_tasks")


def after_commit(happened: Sequence[HistoryEvent], using: str) -> None:
    for event in happened:
        if isinstance(event, events.IncidentOpened):
            write = partial(_opened, event)
        elif isinstance(event, events.IncidentClosed):
            write = partial(_closed, event)
        elif isinstance(event, events.ExternalTaskLogged) and event.state == "failed":
            # Noted now: the task changes with the next answer.
            write = partial(_failed, event, event.external_task.retries)
        else:
            continue
        transaction.on_commit(write, using=using, robust=True)


def _opened(event: events.IncidentOpened) -> None:
    incident = event.incident
    logs.event(
        incidents,
        logging.WARNING,
        "incident_created",
        f"Incident {incident.incident_type} at {incident.activity_id}",
        **_place(event),
        incident_id=incident.id,
        incident_type=incident.incident_type,
        activity_id=incident.activity_id,
        is_reflection=incident.cause_incident_id != incident.id,
    )


def _closed(event: events.IncidentClosed) -> None:
    how = "resolved" if event.resolved else "deleted"
    logs.event(
        incidents, logging.INFO, f"incident_{how}", f"Incident {how}", **_place(event), incident_id=event.incident_id
    )


def _failed(event: events.ExternalTaskLogged, retries: int | None) -> None:
    task = event.external_task
    logs.event(
        external_tasks,
        logging.INFO,
        "external_task_failed",
        f"External task of topic {task.topic_name} failed, {retries} retries left",
        **_place(event),
        external_task_id=task.id,
        topic_name=task.topic_name,
        activity_id=task.activity_id,
        business_key=task.business_key,
        worker_id=event.worker_id,
        retries=retries,
    )


def _place(event: HistoryEvent) -> dict[str, Any]:
    definition_id = event.process_definition_id
    return {
        "process_instance_id": event.process_instance_id,
        "process_definition_key": None if definition_id is None else definition_id.rsplit(":", 2)[0],
        "tenant_id": event.tenant_id or None,
    }
