"""History of process instances: the finished ones, with the path they took. Read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import diagram, instance_page, instance_sections, links, moments
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge, moment
from workflow_engine.admin.details import Fact, Section
from workflow_engine.admin.filters import ChoiceFilter, DefinitionKeyFilter
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import HistoricProcessInstance, InstanceState

COLOURS: dict[str, str] = {
    InstanceState.ACTIVE: "run",
    InstanceState.SUSPENDED: "warn",
    InstanceState.COMPLETED: "ok",
    InstanceState.EXTERNALLY_TERMINATED: "warn",
    InstanceState.INTERNALLY_TERMINATED: "",
}


class EndFilter(ChoiceFilter):
    title = gettext_lazy("end")
    parameter_name = "end"
    choices_given = {
        "finished": (gettext_lazy("finished"), Q(end_time__isnull=False)),
        "running": (gettext_lazy("still running"), Q(end_time__isnull=True)),
    }


@admin.register(HistoricProcessInstance)
class HistoricProcessInstanceAdmin(InstanceSearch, EngineAdmin):
    list_display = ("title", "process", "state_shown", "started", "ended", "lasted", "end_activity_id", "reason")
    list_filter = (EndFilter, "state", DefinitionKeyFilter)
    list_select_related = ("process_definition",)
    ordering = ("-id",)
    id_fields = ("id", "root_process_instance_id")
    search_help_text = gettext_lazy("Business key, or the id of an instance or of its root")
    page_template = "admin/workflow_engine/historic_process_instance.html"
    running_name = "processinstance"
    page_media = EngineAdmin.page_media + diagram.MEDIA

    @admin.display(description=gettext_lazy("business key"), ordering="business_key")
    def title(self, row: HistoricProcessInstance) -> str:
        return row.business_key or _("(none)")

    @admin.display(description=gettext_lazy("process"), ordering="process_definition_key")
    def process(self, row: HistoricProcessInstance) -> SafeString:
        return links.link(links.page("processdefinition", row.process_definition_id), row.process_definition)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: HistoricProcessInstance) -> SafeString:
        return badge(COLOURS.get(row.state, ""), row.get_state_display())

    @admin.display(description=gettext_lazy("started"), ordering="start_time")
    def started(self, row: Any) -> SafeString | str:
        return moment(row.start_time, row.asked_at)

    @admin.display(description=gettext_lazy("ended"), ordering="end_time")
    def ended(self, row: Any) -> SafeString | str:
        return moment(row.end_time, row.asked_at)

    @admin.display(description=gettext_lazy("lasted"))
    def lasted(self, row: HistoricProcessInstance) -> str:
        return moments.duration(row.duration_in_millis) or "-"

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, row: HistoricProcessInstance) -> str:
        return row.delete_reason or "-"

    # -- the page ----------------------------------------------------------------------------------------------------

    def heading(self, row: HistoricProcessInstance) -> str:
        name = row.process_definition.name or row.process_definition_key
        return f"{name}: {row.business_key}" if row.business_key else str(name)

    def badges(self, row: HistoricProcessInstance) -> list[tuple[str, Any]]:
        return [(COLOURS.get(row.state, ""), row.get_state_display())]

    def trail(self, row: HistoricProcessInstance) -> list[tuple[str, str]]:
        return instance_page.callers(row)

    def facts(self, request: HttpRequest, row: HistoricProcessInstance) -> list[Fact]:
        lasted = Fact(label=_("lasted"), value=moments.duration(row.duration_in_millis))
        return instance_page.facts(row, row) + ([lasted] if row.duration_in_millis is not None else [])

    def sections(self, request: HttpRequest, row: HistoricProcessInstance) -> list[Section]:
        return instance_sections.of_history(request, row, is_running=row.end_time is None)

    def page_context(self, request: HttpRequest, row: HistoricProcessInstance) -> dict[str, Any]:
        is_running = row.end_time is None
        return {
            **super().page_context(request, row),
            "diagram": instance_page.drawn(row, row.process_definition_id, is_running=is_running),
            "running_address": links.page("processinstance", row.pk) if is_running else None,
        }
