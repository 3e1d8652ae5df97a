"""Jobs that suspend or activate definitions at a later date. They belong to no instance; their configuration says to what.

Carried out by `management.delayed_suspension`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from workflow_engine import conf, ids
from workflow_engine.engine import state
from workflow_engine.engine.history import JobLogged
from workflow_engine.store.unit_of_work import UnitOfWork

SUSPEND_PROCESS_DEFINITION, ACTIVATE_PROCESS_DEFINITION = "suspend-processdefinition", "activate-processdefinition"
SUSPEND_JOB_DEFINITION, ACTIVATE_JOB_DEFINITION = "suspend-job-definition", "activate-job-definition"
HANDLER_TYPES = frozenset(
    {SUSPEND_PROCESS_DEFINITION, ACTIVATE_PROCESS_DEFINITION, SUSPEND_JOB_DEFINITION, ACTIVATE_JOB_DEFINITION}
)
# What Camunda calls timers among the rows of jobs: all that wait for a date that was given to them.
TIMERS = Q(handler_type__startswith="timer") | Q(handler_type__in=sorted(HANDLER_TYPES))


def insert(
    work: UnitOfWork,
    handler_type: str,
    configuration: Mapping[str, Any],
    due_date: datetime,
    *,
    deployment_id: str | None = None,
    tenant_id: str = "",
) -> None:
    """Also where the date is over: then the next sweep carries it out."""
    job = state.Job(
        id=ids.new_id(),
        handler_type=handler_type,
        handler_configuration=json.dumps(configuration),
        create_time=work.now,
        deployment_id=deployment_id,
        due_date=due_date,
        retries=conf.current().default_retries,
        is_exclusive=False,
        tenant_id=tenant_id,
    )
    logged = JobLogged(
        time=work.now,
        process_instance_id=None,
        root_process_instance_id=None,
        process_definition_id=None,
        tenant_id=tenant_id,
        state="created",
        job=job,
        retries=job.retries,
        due_date=job.due_date,
    )
    work.flush(SimpleNamespace(inserted=[job], deleted=[]), [logged])
