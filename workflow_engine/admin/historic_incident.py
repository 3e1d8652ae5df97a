"""History of incidents: what stopped once, and how it ended. Read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links, names
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge, moment, shortened
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.filters import ActivityFilter, DefinitionKeyFilter
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import HistoricIncident, IncidentState

COLOURS: dict[str, str] = {IncidentState.OPEN: "bad", IncidentState.RESOLVED: "ok", IncidentState.DELETED: ""}


@admin.register(HistoricIncident)
class HistoricIncidentAdmin(InstanceSearch, EngineAdmin):
    list_display = ("what", "state_shown", "why", "instance_link", "opened", "ended", "incident_type")
    list_filter = ("state", DefinitionKeyFilter, "incident_type", ActivityFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id", "configuration")
    running_name = "incident"
    text_fields = ("activity_id", "incident_message", "process_instance__business_key")

    @admin.display(description=gettext_lazy("stopped at"), ordering="activity_id")
    def what(self, row: HistoricIncident) -> str:
        return names.activity_name(row.process_definition_id, row.failed_activity_id or row.activity_id) or str(row.pk)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: HistoricIncident) -> SafeString:
        return badge(COLOURS.get(row.state, ""), row.get_state_display())

    @admin.display(description=gettext_lazy("why"))
    def why(self, row: HistoricIncident) -> SafeString | str:
        return shortened(row.incident_message)

    @admin.display(description=gettext_lazy("process instance"))
    def instance_link(self, row: HistoricIncident) -> SafeString | str:
        if row.process_instance_id is None:
            return "-"
        return links.link(links.page("processinstance", row.process_instance_id), row.process_instance)

    @admin.display(description=gettext_lazy("opened"), ordering="create_time")
    def opened(self, row: Any) -> SafeString | str:
        return moment(row.create_time, row.asked_at)

    @admin.display(description=gettext_lazy("ended"), ordering="end_time")
    def ended(self, row: Any) -> SafeString | str:
        return moment(row.end_time, row.asked_at)

    def heading(self, row: HistoricIncident) -> str:
        return _("Stopped at %(activity)s") % {"activity": self.what(row)}

    def badges(self, row: HistoricIncident) -> list[tuple[str, Any]]:
        return [(COLOURS.get(row.state, ""), row.get_state_display())]

    def facts(self, request: HttpRequest, row: HistoricIncident) -> list[Fact]:
        found = []
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.append(Fact(label=_("process instance"), value=row.process_instance, address=address))
        plain = ("create_time", "end_time", "incident_type", "activity_id", "failed_activity_id", "configuration", "id")
        return [*found, *fields(row, plain), *fields(row, ("annotation", "incident_message"), incident_message="pre")]
