"""Compensation records: what was done, what has been undone and what is being undone. Read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links, names
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge, moment
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.filters import ActivityFilter, DefinitionKeyFilter
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import CompensationRecord, CompensationState

COLOURS: dict[str, str] = {
    CompensationState.AVAILABLE: "ok",
    CompensationState.COMPENSATING: "warn",
    CompensationState.COMPENSATED: "run",
    CompensationState.DISCARDED: "",
}


@admin.register(CompensationRecord)
class CompensationRecordAdmin(InstanceSearch, EngineAdmin):
    list_display = ("what", "state_shown", "handler", "instance_link", "recorded", "began", "ended")
    list_filter = ("state", DefinitionKeyFilter, ActivityFilter)
    list_select_related = ("process_instance",)
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id")
    text_fields = ("activity_id", "process_instance__business_key")

    @admin.display(description=gettext_lazy("was done"), ordering="activity_id")
    def what(self, row: CompensationRecord) -> str:
        return names.activity_name(row.process_definition_id, row.activity_id) or str(row.pk)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: CompensationRecord) -> SafeString:
        return badge(COLOURS.get(row.state, ""), row.get_state_display())

    @admin.display(description=gettext_lazy("undone by"), ordering="handler_activity_id")
    def handler(self, row: CompensationRecord) -> str:
        return names.activity_name(row.process_definition_id, row.handler_activity_id) or "-"

    @admin.display(description=gettext_lazy("process instance"))
    def instance_link(self, row: CompensationRecord) -> SafeString | str:
        if row.process_instance_id is None:
            return "-"
        return links.link(links.page("processinstance", row.process_instance_id), row.process_instance)

    @admin.display(description=gettext_lazy("recorded"), ordering="create_time")
    def recorded(self, row: Any) -> SafeString | str:
        return moment(row.create_time, row.asked_at)

    @admin.display(description=gettext_lazy("undoing began"), ordering="start_time")
    def began(self, row: Any) -> SafeString | str:
        return moment(row.start_time, row.asked_at)

    @admin.display(description=gettext_lazy("ended"), ordering="end_time")
    def ended(self, row: Any) -> SafeString | str:
        return moment(row.end_time, row.asked_at)

    def heading(self, row: CompensationRecord) -> str:
        return self.what(row)

    def badges(self, row: CompensationRecord) -> list[tuple[str, Any]]:
        return [(COLOURS.get(row.state, ""), row.get_state_display())]

    def facts(self, request: HttpRequest, row: CompensationRecord) -> list[Fact]:
        found = []
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.append(Fact(label=_("process instance"), value=row.process_instance, address=address))
        plain = ("activity_id", "handler_activity_id", "create_time", "start_time", "end_time", "tenant_id", "id")
        return [*found, *fields(row, plain)]
