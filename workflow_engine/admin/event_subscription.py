"""Event subscriptions: what instances and start events wait for, and delivering the message by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links, names
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import InstanceColumns, instance_name, moment
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.filters import ActivityFilter, ChoiceFilter, DefinitionKeyFilter
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.admin.variable_forms import WithNewVariables
from workflow_engine.models import EventSubscription
from workflow_engine.services import message


def deliver(request: HttpRequest, row: EventSubscription, data: Mapping[str, Any]) -> str:
    """To this one waiting execution, or to the start event of this definition; signals go to everybody."""
    name, variables = row.event_name or "", data["variables"]
    if row.event_type == "signal":
        execution_id = None if row.execution_id is None else str(row.execution_id)
        message.signal_event_received(name, variables, execution_id=execution_id, user=who(request))
        return _("Signal “%(name)s” was thrown.") % {"name": name}
    if row.execution_id is not None:
        message.message_event_received(name, str(row.execution_id), variables, user=who(request))
        return _("Message “%(name)s” was correlated.") % {"name": name}
    results = message.correlate_message(
        name,
        tenant_id=row.tenant_id,
        process_definition_id=row.process_definition_id,
        variables=variables,
        user=who(request),
    )
    row.started = next((one.process_instance for one in results if one.process_instance is not None), None)  # type: ignore[attr-defined]
    return _("Message “%(name)s” was correlated.") % {"name": name}


def _leads_to(row: Any) -> str:
    if row.process_instance_id is not None:
        return links.page("processinstance", row.process_instance_id)
    started = getattr(row, "started", None)
    return links.page("eventsubscription", row.pk) if started is None else links.page("processinstance", started.id)


class OwnerFilter(ChoiceFilter):
    title = gettext_lazy("who waits")
    parameter_name = "owner"
    choices_given = {
        "instance": (gettext_lazy("running instances"), Q(execution_id__isnull=False)),
        "start": (gettext_lazy("start events"), Q(execution_id__isnull=True)),
    }


@admin.register(EventSubscription)
class EventSubscriptionAdmin(InstanceSearch, InstanceColumns, EngineAdmin):
    list_display = ("title", "event_type", "activity_id", "instance_link", "definition_link", "since")
    list_filter = ("event_type", OwnerFilter, DefinitionKeyFilter, ActivityFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id")
    text_fields = ("event_name", "activity_id", "process_instance__business_key")
    search_help_text = gettext_lazy("Name of the event, activity, business key, or the id of a process instance")
    operations = (
        Operation(
            name="deliver",
            label=gettext_lazy("Correlate message"),
            permission="correlate_message",
            form=WithNewVariables,
            perform=deliver,
            style="default",
            template="admin/workflow_engine/variables_operation.html",
            offered=lambda row: row.event_type in ("message", "signal"),
            leads_to=_leads_to,
            help=gettext_lazy("As if the event had come from outside, with these variables."),
        ),
    )

    @admin.display(description=gettext_lazy("event"), ordering="event_name")
    def title(self, row: EventSubscription) -> str:
        return row.event_name or row.activity_id

    @admin.display(description=gettext_lazy("since"), ordering="created")
    def since(self, row: Any) -> SafeString | str:
        return moment(row.created, row.asked_at)

    def heading(self, row: EventSubscription) -> str:
        return _("Waits for %(type)s “%(name)s”") % {"type": row.event_type, "name": self.title(row)}

    def trail(self, row: EventSubscription) -> list[tuple[str, str]]:
        if row.process_instance_id is None:
            return []
        return [(links.page("processinstance", row.process_instance_id), instance_name(row.process_instance))]

    def facts(self, request: HttpRequest, row: EventSubscription) -> list[Fact]:
        found = []
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.append(Fact(label=_("process instance"), value=instance_name(row.process_instance), address=address))
        if row.process_definition_id is not None:
            address = links.page("processdefinition", row.process_definition_id)
            found.append(Fact(label=_("process definition"), value=row.process_definition, address=address))
        name = names.activity_name(row.process_definition_id, row.activity_id)
        plain = ("event_type", "event_name", "activity_id", "created", "configuration", "tenant_id", "id")
        return [*found, Fact(label=_("stands at"), value=name), *fields(row, plain)]
