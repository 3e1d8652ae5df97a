"""The engine in Django's admin: what runs, what has stopped and why, and the buttons that mend it.

Rows are read-only; every change is a POST that calls a service (see `operations`). One file per model or page; Django finds
this package by itself and registers them.
"""

from workflow_engine.admin import (
    authorization,
    batch,
    compensation_record,
    deployment,
    event_subscription,
    external_task,
    historic_incident,
    historic_process_instance,
    incident,
    job,
    process_definition,
    process_instance,
    tenant,
    user_operation,
    user_task,
    variable,
    worker_credential,
)

__all__ = [
    "authorization",
    "batch",
    "compensation_record",
    "deployment",
    "event_subscription",
    "external_task",
    "historic_incident",
    "historic_process_instance",
    "incident",
    "job",
    "process_definition",
    "process_instance",
    "tenant",
    "user_operation",
    "user_task",
    "variable",
    "worker_credential",
]
