"""Jobs, job definitions and incidents: what sweepers and operators do."""

from workflow_engine.services.management.due_dates import recalculate_job_due_date
from workflow_engine.services.management.incidents import annotate_incident, resolve_incident
from workflow_engine.services.management.job_definitions import (
    set_job_definition_priority,
    set_job_definition_retries,
    set_job_definition_suspended,
)
from workflow_engine.services.management.jobs import (
    delete_job,
    execute_job,
    set_job_due_date,
    set_job_priority,
    set_job_retries,
    set_job_suspended,
)
from workflow_engine.services.management.suspending import set_job_definitions_suspended, set_jobs_suspended

__all__ = [
    "annotate_incident",
    "delete_job",
    "execute_job",
    "recalculate_job_due_date",
    "resolve_incident",
    "set_job_definition_priority",
    "set_job_definition_retries",
    "set_job_definition_suspended",
    "set_job_definitions_suspended",
    "set_job_due_date",
    "set_job_priority",
    "set_job_retries",
    "set_job_suspended",
    "set_jobs_suspended",
]
