"""What can be done with a process definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links
from workflow_engine.admin.forms import OperationForm
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.admin.variable_forms import WithNewVariables
from workflow_engine.models import ProcessDefinition
from workflow_engine.services import repository, runtime


class StartForm(WithNewVariables):
    business_key = forms.CharField(
        label=gettext_lazy("Business key"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("The name by which your business knows this instance, such as an order number."),
    )


class SuspensionForm(OperationForm):
    with_instances = forms.BooleanField(
        label=gettext_lazy("also the running instances of this version"), required=False, initial=True
    )


def start(request: HttpRequest, row: ProcessDefinition, data: Mapping[str, Any]) -> str:
    started = runtime.start_process_instance(
        row.pk, business_key=data["business_key"] or None, variables=data["variables"], user=who(request)
    )
    row.started_id = started.id  # type: ignore[attr-defined]  # where `leads_to` goes
    if started.already_existed:
        return _("There was an instance with this business key already, so nothing was started: %(id)s") % {
            "id": started.id
        }
    return _("Started process instance %(id)s.") % {"id": started.id}


def suspend(request: HttpRequest, row: ProcessDefinition, data: Mapping[str, Any]) -> str:
    _set_suspended(request, row, data, True)
    return _("The definition is suspended: nothing is started from it.")


def activate(request: HttpRequest, row: ProcessDefinition, data: Mapping[str, Any]) -> str:
    _set_suspended(request, row, data, False)
    return _("The definition is active again.")


def _set_suspended(request: HttpRequest, row: ProcessDefinition, data: Mapping[str, Any], is_suspended: bool) -> None:
    repository.set_suspended(
        [row.pk], is_suspended, include_process_instances=data["with_instances"], user=who(request)
    )


OPERATIONS = (
    Operation(
        name="start",
        label=gettext_lazy("Start an instance"),
        permission="start_process",
        form=StartForm,
        perform=start,
        style="default",
        template="admin/workflow_engine/variables_operation.html",
        offered=lambda row: not row.is_suspended,
        leads_to=lambda row: links.page("processinstance", row.started_id),
    ),
    Operation(
        name="suspend",
        label=gettext_lazy("Suspend"),
        permission="suspend_definition",
        form=SuspensionForm,
        perform=suspend,
        offered=lambda row: not row.is_suspended,
        bulk=True,
        help=gettext_lazy("No instance is started from a suspended definition, by nobody and no event."),
    ),
    Operation(
        name="activate",
        label=gettext_lazy("Activate"),
        permission="suspend_definition",
        form=SuspensionForm,
        perform=activate,
        offered=lambda row: row.is_suspended,
        bulk=True,
    ),
)
