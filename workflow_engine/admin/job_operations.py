"""What can be done with a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin import links
from workflow_engine.admin.forms import DueDateForm, LocalMoment, RetriesForm
from workflow_engine.admin.moments import exact
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.engine.errors import EngineError, NotAllowed
from workflow_engine.models import Job
from workflow_engine.services import management

KEEP, NOW, LATER = "keep", "now", "later"


class JobRetriesForm(RetriesForm):
    """Also when: an operator who raises the retries mostly wants the job to run now, but not always."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (NOW, gettext_lazy("now")),
            (KEEP, gettext_lazy("when it is due anyway")),
            (LATER, gettext_lazy("at the time below")),
        ],
        initial=NOW,
        required=False,
    )
    due_date = forms.DateTimeField(label=gettext_lazy("Time"), widget=LocalMoment(), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == LATER and not data.get("due_date") and "due_date" not in self.errors:
            self.add_error("due_date", _("Say when, or choose “now”."))
        return data


def due_date_of(data: Mapping[str, Any]) -> Any:
    """The new due date; None keeps the old one."""
    if data.get("when") == LATER:
        return data["due_date"]
    return clock.now() if data.get("when") == NOW else None


def run_now(request: HttpRequest, row: Job, data: Mapping[str, Any]) -> str:
    """The service records a failure of the job itself, then raises whatever it was."""
    try:
        management.execute_job(str(row.pk), user=who(request))
    except EngineError:
        raise
    except Exception as error:
        told = _("The job failed again: %(kind)s: %(error)s")
        raise NotAllowed(told % {"kind": type(error).__name__, "error": error}) from error
    return _("The job was executed.")


def set_retries(request: HttpRequest, row: Job, data: Mapping[str, Any]) -> str:
    management.set_job_retries(str(row.pk), data["retries"], due_date=due_date_of(data), user=who(request))
    if data["retries"] == 0:
        return _("No retries are left: the job waits for an operator.")
    return _("Retries set to %(retries)d: a sweeper runs the job when it is due.") % data


def set_due_date(request: HttpRequest, row: Job, data: Mapping[str, Any]) -> str:
    management.set_job_due_date(str(row.pk), data["due_date"], user=who(request))
    return _("The job is due at %(due)s.") % {"due": exact(data["due_date"])}


def suspend(request: HttpRequest, row: Job, data: Mapping[str, Any]) -> str:
    management.set_job_suspended(str(row.pk), True, user=who(request))
    return _("The job is suspended: no sweeper runs it.")


def activate(request: HttpRequest, row: Job, data: Mapping[str, Any]) -> str:
    management.set_job_suspended(str(row.pk), False, user=who(request))
    return _("The job is active again.")


def _instance_page(row: Job) -> str:
    """The job is gone when it was executed; what came of it shows there."""
    if row.batch_id is not None:
        return links.page("batch", row.batch_id)
    if row.process_instance_id is None:
        return links.listing("job")
    return links.page("processinstance", row.process_instance_id)


OPERATIONS = (
    Operation(
        name="execute",
        label=gettext_lazy("Execute now"),
        permission="execute_job",
        perform=run_now,
        style="default",
        bulk=True,
        offered=lambda row: not row.is_suspended,
        leads_to=_instance_page,
        help=gettext_lazy("Runs it at once in this request, whether it is due or not, and says what came of it."),
    ),
    Operation(
        name="retries",
        label=gettext_lazy("Set retries"),
        permission="set_retries",
        form=JobRetriesForm,
        perform=set_retries,
        bulk=True,
        help=gettext_lazy("More than zero resolves the incident of a failed job."),
    ),
    Operation(
        name="due",
        label=gettext_lazy("Change due date"),
        permission="change_due_date",
        form=DueDateForm,
        perform=set_due_date,
        bulk=True,
    ),
    Operation(
        name="suspend",
        label=gettext_lazy("Suspend"),
        permission="change_due_date",
        perform=suspend,
        bulk=True,
        offered=lambda row: not row.is_suspended,
    ),
    Operation(
        name="activate",
        label=gettext_lazy("Activate"),
        permission="change_due_date",
        perform=activate,
        bulk=True,
        offered=lambda row: row.is_suspended,
    ),
)
