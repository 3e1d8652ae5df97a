"""What resolves an incident. The engine closes it itself as soon as whatever failed may be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import router, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin import links
from workflow_engine.admin.causes import EXTERNAL_TASK, JOB, retryable_cause
from workflow_engine.admin.forms import AnnotationForm, OperationForm
from workflow_engine.admin.incident_forms import EditAndRetryForm, RetryForm
from workflow_engine.admin.job_operations import due_date_of
from workflow_engine.admin.moments import exact
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.models import Incident
from workflow_engine.services import external_task, management, runtime


def retry_now(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    return _retry(request, row, {"retries": 1, "when": "now"})


def retry(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    return _retry(request, row, data)


def _retry(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    cause, retries = retryable_cause(row), int(data["retries"])
    if cause.is_job:
        due = due_date_of(data)
        management.set_job_retries(str(cause.row.pk), retries, due_date=due, user=who(request))
        if due is not None and due > clock.now():
            return _("The job is tried again at %(due)s; retries: %(retries)d.") % {
                "retries": retries,
                "due": exact(due),
            }
        return _("A sweeper runs the job as soon as it is due; retries: %(retries)d.") % {"retries": retries}
    external_task.set_retries(str(cause.row.pk), retries, user=who(request))
    told = _("The next worker that asks for “%(topic)s” gets the external task; retries: %(retries)d.")
    return told % {"retries": retries, "topic": cause.row.topic_name}


def edit_and_retry(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    """Both or nothing: if the retry is refused, the variables stay as they were."""
    changes: dict[str, dict[str, Any]] = data["changes"]
    with transaction.atomic(using=router.db_for_write(Incident)):
        for execution_id, variables in changes.items():
            runtime.set_variables(execution_id, variables, is_local=True, user=who(request))
        told = _retry(request, row, data)
    names = sorted(name for variables in changes.values() for name in variables)
    return f"{_('Changed variables: %(names)s.') % {'names': ', '.join(names)}} {told}" if names else told


def annotate(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    management.annotate_incident(str(row.pk), data["annotation"] or None, user=who(request))
    return _("The annotation is stored.") if data["annotation"] else _("The annotation is removed.")


def resolve(request: HttpRequest, row: Incident, data: Mapping[str, Any]) -> str:
    management.resolve_incident(str(row.pk), user=who(request))
    return _("The incident is resolved.")


def _has_retries(row: Incident) -> bool:
    return row.incident_type in (JOB, EXTERNAL_TASK)


def _instance_page(row: Incident) -> str:
    """Where the order goes on."""
    if row.process_instance_id is None:
        return links.listing("incident")
    return links.page("processinstance", row.process_instance_id)


OPERATIONS = (
    Operation(
        name="retry-now",
        label=gettext_lazy("Retry now"),
        permission="resolve_incident",
        perform=retry_now,
        style="default",
        bulk=True,
        offered=_has_retries,
        leads_to=_instance_page,
        help=gettext_lazy("One more attempt, as soon as a worker or the sweeper comes by."),
    ),
    Operation(
        name="retry",
        label=gettext_lazy("Retry"),
        permission="resolve_incident",
        form=RetryForm,
        perform=retry,
        bulk=True,
        offered=_has_retries,
        leads_to=_instance_page,
        help=gettext_lazy("With a number of attempts, and for jobs at a time of your choice."),
    ),
    Operation(
        name="edit-and-retry",
        label=gettext_lazy("Edit variables and retry"),
        permission="resolve_incident",
        also_permission="set_variables",
        form=EditAndRetryForm,
        perform=edit_and_retry,
        offered=_has_retries,
        leads_to=_instance_page,
        template="admin/workflow_engine/incident_edit.html",
        help=gettext_lazy("Only what you change here is written; then the work is tried again."),
    ),
    Operation(
        name="resolve",
        label=gettext_lazy("Resolve"),
        permission="resolve_incident",
        form=OperationForm,
        perform=resolve,
        bulk=True,
        question=gettext_lazy(
            "The incident is closed. Nothing else happens: whatever it stands for has to be mended elsewhere."
        ),
        offered=lambda row: not _has_retries(row),
        leads_to=_instance_page,
    ),
    Operation(
        name="annotate",
        label=gettext_lazy("Annotate"),
        permission="annotate_incident",
        form=AnnotationForm,
        perform=annotate,
        bulk=True,
    ),
)
