"""What happened -> history rows. Events of one command are folded: a start and its end in one transaction are one insert, and
what was started earlier is updated by its id without being read.

One small function per event; the history level decides which are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workflow_engine.engine import history as events
from workflow_engine.engine.history import HistoryEvent
from workflow_engine.store.history import instances, logs, tasks, variables
from workflow_engine.store.history.rows import ACTIVITY, AUDIT, FULL, HistoryRows

__all__ = ["HistoryRows", "record"]

# By event: the level from which on it is kept (Camunda's), and the function that writes it.
WRITERS: dict[type[HistoryEvent], tuple[int, Callable[[HistoryRows, Any], None]]] = {
    events.ProcessInstanceStarted: (ACTIVITY, instances.process_instance_started),
    events.ProcessInstanceUpdated: (ACTIVITY, instances.process_instance_updated),
    events.ProcessInstanceEnded: (ACTIVITY, instances.process_instance_ended),
    events.ActivityStarted: (ACTIVITY, instances.activity_started),
    events.ActivityUpdated: (ACTIVITY, instances.activity_updated),
    events.ActivityEnded: (ACTIVITY, instances.activity_ended),
    events.CompensationRecorded: (ACTIVITY, instances.compensation_recorded),
    events.TaskCreated: (ACTIVITY, tasks.task_created),
    events.TaskUpdated: (ACTIVITY, tasks.task_updated),
    events.TaskEnded: (ACTIVITY, tasks.task_ended),
    events.VariableChanged: (AUDIT, variables.variable_changed),
    events.FormFieldSubmitted: (FULL, variables.form_field_submitted),
    events.IdentityLinkChanged: (FULL, tasks.identity_link_changed),
    events.IncidentOpened: (FULL, logs.incident_opened),
    events.IncidentUpdated: (FULL, logs.incident_updated),
    events.IncidentClosed: (FULL, logs.incident_closed),
    events.ExternalTaskLogged: (FULL, logs.external_task_logged),
    events.JobLogged: (FULL, logs.job_logged),
}


def record(rows: HistoryRows, happened: Iterable[HistoryEvent]) -> None:
    """Adds what happened to the rows, as far as the level asks for it."""
    for event in happened:
        level, write = WRITERS[type(event)]
        if rows.level >= level:
            write(rows, event)
