"""History of incidents, external tasks and jobs."""

from __future__ import annotations

import socket

from workflow_engine import models
from workflow_engine.engine import history as events
from workflow_engine.store.history.rows import HistoryRows

HOSTNAME = socket.gethostname()
INCIDENT_COLUMNS = (
    "incident_type", "incident_message", "execution_id", "activity_id", "failed_activity_id", "cause_incident_id",
    "root_cause_incident_id", "configuration", "job_definition_id", "annotation",
)  # fmt: skip


def incident_opened(rows: HistoryRows, event: events.IncidentOpened) -> None:
    incident = event.incident
    values = {name: getattr(incident, name) for name in INCIDENT_COLUMNS}
    # The entry of the log that tells why.
    values["history_configuration"] = rows.latest_log.get(incident.configuration or "")
    rows.insert(models.HistoricIncident, event, incident.id, create_time=incident.incident_timestamp, **values)


def incident_updated(rows: HistoryRows, event: events.IncidentUpdated) -> None:
    places = ("process_definition_id", "execution_id", "activity_id", "failed_activity_id", "job_definition_id")
    values = {name: getattr(event.incident, name) for name in places}
    rows.update(models.HistoricIncident, event.incident.id, **values)


def incident_closed(rows: HistoryRows, event: events.IncidentClosed) -> None:
    state = "resolved" if event.resolved else "deleted"
    rows.update(models.HistoricIncident, event.incident_id, state=state, end_time=event.time)


def external_task_logged(rows: HistoryRows, event: events.ExternalTaskLogged) -> None:
    task = event.external_task
    rows.latest_log[task.id] = rows.append(
        models.HistoricExternalTaskLog,
        event,
        task.id,
        timestamp=event.time,
        state=event.state,
        external_task_id=task.id,
        topic_name=task.topic_name,
        worker_id=task.worker_id if event.worker_id is None else event.worker_id,
        priority=task.priority,
        retries=event.retries,
        error_message=event.error_message,
        error_details=event.error_details,
        activity_id=task.activity_id,
        activity_instance_id=task.activity_instance_id,
        execution_id=task.execution_id,
    )


def job_logged(rows: HistoryRows, event: events.JobLogged) -> None:
    job = event.job
    rows.latest_log[job.id] = rows.append(
        models.HistoricJobLog,
        event,
        job.id,
        timestamp=event.time,
        state=event.state,
        job_id=job.id,
        job_due_date=event.due_date,
        job_retries=event.retries,
        job_priority=job.priority,
        job_exception_message=event.exception_message,
        job_exception_stacktrace=event.exception_stacktrace,
        job_definition_id=job.job_definition_id,
        job_definition_type=job.handler_type,
        job_definition_configuration=job.handler_configuration,
        activity_id=job.activity_id,
        failed_activity_id=job.failed_activity_id,
        execution_id=job.execution_id,
        deployment_id=job.deployment_id,
        batch_id=job.batch_id,
        hostname=HOSTNAME,
    )
