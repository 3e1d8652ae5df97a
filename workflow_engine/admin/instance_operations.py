"""What can be done with a running instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links
from workflow_engine.admin.forms import ReasonForm
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.admin.variable_forms import VariableValueForm
from workflow_engine.models import ProcessInstance
from workflow_engine.services import runtime


def cancel(request: HttpRequest, row: ProcessInstance, data: Mapping[str, Any]) -> str:
    runtime.delete_process_instance(str(row.pk), data["reason"] or None, user=who(request))
    return _("The instance was cancelled.")


def suspend(request: HttpRequest, row: ProcessInstance, data: Mapping[str, Any]) -> str:
    runtime.suspend_process_instance(str(row.pk), user=who(request))
    return _("The instance is suspended: no worker, timer or person moves it on.")


def activate(request: HttpRequest, row: ProcessInstance, data: Mapping[str, Any]) -> str:
    runtime.activate_process_instance(str(row.pk), user=who(request))
    return _("The instance is active again.")


def add_variable(request: HttpRequest, row: ProcessInstance, data: Mapping[str, Any]) -> str:
    runtime.set_variables(str(row.pk), {data["name"]: data["parsed"]}, user=who(request))
    return _("Variable “%(name)s” is set.") % {"name": data["name"]}


OPERATIONS = (
    Operation(
        name="suspend",
        label=gettext_lazy("Suspend"),
        permission="suspend_instance",
        perform=suspend,
        bulk=True,
        offered=lambda row: not row.is_suspended,
        help=gettext_lazy("Everything of it stands still until it is activated."),
    ),
    Operation(
        name="activate",
        label=gettext_lazy("Activate"),
        permission="suspend_instance",
        perform=activate,
        bulk=True,
        style="default",
        offered=lambda row: row.is_suspended,
    ),
    Operation(
        name="add-variable",
        label=gettext_lazy("Add a variable"),
        permission="set_variables",
        form=VariableValueForm,
        perform=add_variable,
        leads_to=lambda row: links.page("processinstance", row.pk) + "#variables",
    ),
    Operation(
        name="cancel",
        label=gettext_lazy("Cancel instance"),
        permission="cancel_instance",
        form=ReasonForm,
        perform=cancel,
        style="danger",
        bulk=True,
        question=gettext_lazy(
            "The instance ends where it stands, with every instance that it called. What it has done is not undone: compensation does not run. This cannot be taken back."
        ),
        leads_to=lambda row: links.page("historicprocessinstance", row.pk),
    ),
)
