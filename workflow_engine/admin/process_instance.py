"""Running process instances: where each one stands, what it waits for and what has stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import diagram, links
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge, moment, shortened
from workflow_engine.admin.details import Fact, Section
from workflow_engine.admin.filters import ChoiceFilter, DefinitionKeyFilter, TextFilter
from workflow_engine.admin.instance_operations import OPERATIONS
from workflow_engine.admin.instance_page import InstancePage
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import HistoricProcessInstance, Incident, ProcessInstance


class InstanceStateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    _stopped = Exists(Incident.objects.filter(process_instance_id=OuterRef("pk")))
    choices_given = {
        "stopped": (gettext_lazy("with open incidents"), Q(_stopped)),
        "active": (gettext_lazy("active"), Q(is_suspended=False)),
        "suspended": (gettext_lazy("suspended"), Q(is_suspended=True)),
    }


class LevelFilter(ChoiceFilter):
    title = gettext_lazy("called")
    parameter_name = "level"
    choices_given = {
        "root": (gettext_lazy("started by themselves"), Q(super_execution__isnull=True)),
        "called": (gettext_lazy("called by another"), Q(super_execution__isnull=False)),
    }


class DefinitionFilter(TextFilter):
    """One version; pages of definitions link here."""

    title = gettext_lazy("version")
    parameter_name = "definition"
    field = "process_definition_id"


class TokenFilter(TextFilter):
    """Instances of which a token stands on this activity; diagrams link here."""

    title = gettext_lazy("activity")
    parameter_name = "activity"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        activity = self.value()
        if activity is None:
            return queryset
        standing = diagram.tokens().filter(
            process_instance_id=OuterRef("pk"), activity_id__in=(activity, activity + diagram.BODY)
        )
        return queryset.filter(Exists(standing))


@admin.register(ProcessInstance)
class ProcessInstanceAdmin(InstanceSearch, InstancePage, EngineAdmin):
    list_display = ("title", "process", "state", "why", "started", "caller", "id")
    list_filter = (InstanceStateFilter, DefinitionKeyFilter, LevelFilter, DefinitionFilter, TokenFilter)
    list_select_related = ("process_definition", "super_execution__process_instance")
    ordering = ("-id",)
    id_fields = ("id", "root_process_instance_id")
    search_help_text = gettext_lazy("Business key, or the id of an instance or of its root")
    operations = OPERATIONS
    page_template = "admin/workflow_engine/process_instance.html"
    page_media = EngineAdmin.page_media + diagram.MEDIA
    history_name = "historicprocessinstance"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        history = HistoricProcessInstance.objects.filter(pk=OuterRef("pk"))
        stopped = Incident.objects.filter(process_instance_id=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                start_time=history.values("start_time")[:1],
                is_stopped=Exists(stopped),
                problem=stopped.order_by("-id").values("incident_message")[:1],
            )
        )

    @admin.display(description=gettext_lazy("business key"), ordering="business_key")
    def title(self, row: ProcessInstance) -> str:
        return row.business_key or _("(none)")

    @admin.display(description=gettext_lazy("process"), ordering="process_definition__key")
    def process(self, row: ProcessInstance) -> SafeString:
        return links.link(links.page("processdefinition", row.process_definition_id), row.process_definition)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        if row.is_stopped:
            return badge("bad", _("has an incident"))
        return badge("warn", _("suspended")) if row.is_suspended else badge("run", _("running"))

    @admin.display(description=gettext_lazy("why it stopped"))
    def why(self, row: Any) -> SafeString | str:
        return shortened(row.problem, 80)

    @admin.display(description=gettext_lazy("started"), ordering="start_time")
    def started(self, row: Any) -> SafeString | str:
        return moment(row.start_time, row.asked_at)

    @admin.display(description=gettext_lazy("called by"))
    def caller(self, row: ProcessInstance) -> SafeString | str:
        if row.super_execution_id is None:
            return "-"
        calling = row.super_execution.process_instance
        return links.link(links.page("processinstance", calling.pk), calling.business_key or calling.pk)

    # -- the page; the rest of it stands in InstancePage -----------------------------------------------------------

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("warn", _("suspended"))] if row.is_suspended else [("run", _("running"))]
        return [*found, ("bad", _("has an incident"))] if row.is_stopped else found

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return self.instance_facts(row)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return self.instance_sections(request, row)
