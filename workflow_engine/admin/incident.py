"""Incidents: what has stopped and why, grouped so that one look tells whether it is one problem or many."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Min
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import diagram, links, names
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.causes import cause_of, log_of, type_name
from workflow_engine.admin.columns import InstanceColumns, instance_name, moment, shortened
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.filters import MESSAGE_LENGTH, ActivityFilter, DefinitionKeyFilter, MessageFilter
from workflow_engine.admin.incident_operations import OPERATIONS
from workflow_engine.admin.permissions import may_see_values
from workflow_engine.admin.process_definition import xml_address
from workflow_engine.admin.scopes import visible_from
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import Incident


def groups(rows: Any, limit: int = 10) -> list[dict[str, Any]]:
    """Incidents with the same process, activity, type and beginning of the message: one line each, the largest first."""
    found = (
        rows.order_by()
        .values(
            "process_definition__key",
            "process_definition__name",
            "activity_id",
            "incident_type",
            message=Left("incident_message", MESSAGE_LENGTH),
        )
        .annotate(
            number=Count("pk"),
            oldest=Min("incident_timestamp"),
            newest=Max("incident_timestamp"),
            definition=Max("process_definition_id"),
        )
        .order_by("-number", "oldest")[:limit]
    )
    return [{**group, "name": names.activity_name(group["definition"], group["activity_id"])} for group in found]


@admin.register(Incident)
class IncidentAdmin(InstanceSearch, InstanceColumns, EngineAdmin):
    list_display = ("what", "why", "instance_link", "definition_link", "since", "kind")
    list_filter = (DefinitionKeyFilter, "incident_type", MessageFilter, ActivityFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id", "configuration")
    text_fields = ("activity_id", "incident_message", "process_instance__business_key")
    search_help_text = gettext_lazy("Activity, message, business key, or the id of an instance, job or external task")
    operations = OPERATIONS
    page_template = "admin/workflow_engine/incident.html"
    page_media = EngineAdmin.page_media + diagram.MEDIA
    change_list_template = "admin/workflow_engine/incident_list.html"
    history_name = "historicincident"

    @admin.display(description=gettext_lazy("stopped at"), ordering="activity_id")
    def what(self, row: Incident) -> str:
        return names.activity_name(row.process_definition_id, row.failed_activity_id or row.activity_id) or str(row.pk)

    @admin.display(description=gettext_lazy("why"))
    def why(self, row: Incident) -> SafeString | str:
        if not row.annotation:
            return shortened(row.incident_message, 140)
        parts = shortened(row.incident_message, 140), shortened(row.annotation, 140)
        return format_html('{}<span class="wf-note">{}</span>', *parts)

    @admin.display(description=gettext_lazy("type"), ordering="incident_type")
    def kind(self, row: Incident) -> str:
        return type_name(row.incident_type)

    @admin.display(description=gettext_lazy("since"), ordering="incident_timestamp")
    def since(self, row: Any) -> SafeString | str:
        return moment(row.incident_timestamp, row.asked_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: Any = super().changelist_view(request, extra_context)
        changelist = getattr(answer, "context_data", {}).get("cl") if request.method == "GET" else None
        if changelist is not None:
            # Of what the filters leave over, so that a group can be narrowed down further.
            answer.context_data["groups"] = groups(changelist.queryset.select_related(None))
            answer.context_data["now"] = self._now(changelist)
        return answer

    def _now(self, changelist: Any) -> Any:
        first = next(iter(changelist.result_list), None)
        return None if first is None else first.asked_at

    # -- the page ----------------------------------------------------------------------------------------------------

    def short_name(self, row: Incident) -> str:
        return self.what(row)

    def heading(self, row: Incident) -> str:
        return _("Stopped at %(activity)s") % {"activity": self.what(row)}

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        return [("bad", type_name(row.incident_type))]

    def trail(self, row: Incident) -> list[tuple[str, str]]:
        if row.process_instance_id is None:
            return []
        return [(links.page("processinstance", row.process_instance_id), instance_name(row.process_instance))]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        found = []
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.append(Fact(label=_("process instance"), value=instance_name(row.process_instance), address=address))
        if row.process_definition_id is not None:
            address = links.page("processdefinition", row.process_definition_id)
            found.append(Fact(label=_("process definition"), value=row.process_definition, address=address))
        names = ("incident_timestamp", "incident_type", "activity_id", "failed_activity_id", "tenant_id", "id")
        return [*found, *fields(row, names)]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        cause = cause_of(row)
        log = "job_log" if cause.is_job else "external_task_log"
        return [
            Section(
                name="attempts",
                title=_("attempts"),
                template=f"admin/workflow_engine/sections/{log}.html",
                rows=list(log_of(cause)[:50]),
            ),
            Section(
                name="variables",
                title=_("variables that the failed activity sees"),
                template="admin/workflow_engine/sections/variables.html",
                rows=visible_from(cause.incident.process_instance_id, cause.incident.execution_id),
                context={"is_shown": may_see_values(request, row)},
            ),
        ]

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        cause = cause_of(row)
        context = {**super().page_context(request, row), "cause": cause, "cause_address": _address_of(cause)}
        if row.process_instance_id is not None and row.process_definition_id is not None:
            state = {
                "elements": diagram.of_instance(row.process_instance_id),
                "focus": row.activity_id,
                "names": {"tokens": _("%s tokens stand here"), "incidents": _("%s open incidents")},
            }
            context["diagram"] = {"xml": xml_address(row.process_definition_id), "state": state}
        return context


def _address_of(cause: Any) -> str | None:
    if cause.row is None:
        return None
    return links.page("job" if cause.is_job else "externaltask", cause.row.pk)
