"""Process definitions: the diagram with what is going on in this version, its other versions, starting and suspending."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import diagram, links
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge
from workflow_engine.admin.definition_operations import OPERATIONS
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.downloads import attachment
from workflow_engine.admin.filters import ChoiceFilter
from workflow_engine.admin.tenants import visible_rows
from workflow_engine.models import Incident, ProcessDefinition, ProcessInstance, Resource


class VersionFilter(admin.SimpleListFilter):
    """The newest version of each process, unless asked for more."""

    title = gettext_lazy("version")
    parameter_name = "versions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("all versions"))]

    def choices(self, changelist: Any) -> Any:
        newest, *others = super().choices(changelist)
        return [{**newest, "display": gettext_lazy("newest only")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked_for = "key" in request.GET or "key__exact" in request.GET
        return queryset if self.value() == "all" or asked_for else queryset.latest()


class StateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    choices_given = {
        "active": (gettext_lazy("active"), Q(is_suspended=False)),
        "suspended": (gettext_lazy("suspended"), Q(is_suspended=True)),
    }


def _number(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are for the definition of the outer query."""
    of_definition = rows.filter(process_definition_id=OuterRef("pk")).order_by().values("process_definition_id")
    counted = of_definition.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(ProcessDefinition)
class ProcessDefinitionAdmin(EngineAdmin):
    list_display = (
        "title",
        "key",
        "version",
        "version_tag",
        "state",
        "instances",
        "incidents",
        "deployed",
        "tenant_id",
    )
    list_filter = (VersionFilter, StateFilter)
    search_fields = ("key", "name", "version_tag")
    ordering = ("key", "-version")
    list_select_related = ("deployment",)
    operations = OPERATIONS
    page_template = "admin/workflow_engine/process_definition.html"
    page_media = EngineAdmin.page_media + diagram.MEDIA

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.xml_view, cacheable=True)
        return [path("<path:object_id>/xml/", view, name="workflow_engine_processdefinition_xml"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        running, stopped = (visible_rows(request, model.objects.all()) for model in (ProcessInstance, Incident))
        return rows.annotate(running=_number(running), stopped=_number(stopped))

    @admin.display(description=gettext_lazy("process"), ordering="name")
    def title(self, row: ProcessDefinition) -> str:
        return row.name or row.key

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: ProcessDefinition) -> SafeString:
        return badge("warn", _("suspended")) if row.is_suspended else badge("ok", _("active"))

    @admin.display(description=gettext_lazy("running instances"), ordering="running")
    def instances(self, row: Any) -> SafeString | int:
        return links.link(_instances_of(row), row.running) if row.running else 0

    @admin.display(description=gettext_lazy("open incidents"), ordering="stopped")
    def incidents(self, row: Any) -> SafeString | int:
        return links.link(_incidents_of(row), badge("bad", row.stopped)) if row.stopped else 0

    @admin.display(description=gettext_lazy("deployed"), ordering="deployment__deployment_time")
    def deployed(self, row: ProcessDefinition) -> SafeString:
        deployment = row.deployment
        return links.link(links.page("deployment", deployment.pk), f"{deployment.deployment_time:%Y-%m-%d %H:%M}")

    # -- the page ----------------------------------------------------------------------------------------------------

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("warn", _("suspended"))] if row.is_suspended else [("ok", _("active"))]
        newest = ProcessDefinition.objects.of_key(row.key, row.tenant_id).first()
        if newest is not None and newest.pk != row.pk:
            found.append(("", _("version %(number)d is newer") % {"number": newest.version}))
        return found

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        names = ("key", "version", "version_tag", "tenant_id", "resource_name", "history_time_to_live", "description")
        return [
            *fields(row, names),
            Fact(
                label=row._meta.get_field("deployment").verbose_name,
                value=row.deployment,
                address=links.page("deployment", row.deployment_id),
            ),
            Fact(label=_("running instances"), value=row.running, address=_instances_of(row)),
            Fact(label=_("open incidents"), value=row.stopped, address=_incidents_of(row) if row.stopped else None),
            Fact(label=row._meta.pk.verbose_name, value=row.pk, kind="id"),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        every: Any = self.get_queryset(request)
        versions = list(every.of_key(row.key, row.tenant_id).select_related("deployment")[:21])
        return [
            Section(
                name="versions",
                title=_("versions"),
                template="admin/workflow_engine/sections/versions.html",
                rows=versions[:20],
                more=links.listing("processdefinition", versions="all", q=row.key) if len(versions) > 20 else None,
                context={"current": row},
            )
        ]

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        state = {
            "elements": diagram.of_definition(row.pk),
            "names": {"tokens": _("%s running instances stand here"), "incidents": _("%s open incidents")},
            "links": {
                "tokens": links.listing("processinstance", definition=row.pk) + "&activity=__ELEMENT__",
                "incidents": links.listing("incident", process_definition__id__exact=row.pk) + "&activity=__ELEMENT__",
            },
        }
        drawn = {"xml": xml_address(row.pk), "state": state, "legend_tokens": _("running instances")}
        return {**super().page_context(request, row), "diagram": drawn, "xml": xml_address(row.pk)}

    def xml_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The model as it was deployed; the diagrams of instances fetch it here too."""
        definition = visible_rows(request, ProcessDefinition.objects.filter(pk=unquote(object_id))).first()
        if not self.has_view_permission(request, definition):
            raise PermissionDenied
        if definition is None:
            raise Http404
        files = Resource.objects.filter(deployment_id=definition.deployment_id, name=definition.resource_name)
        resource = files.first()
        if resource is None:
            raise Http404
        answer = attachment(bytes(resource.content), resource.name, "application/xml")
        # Neither a definition nor what it was deployed from ever changes.
        answer["Cache-Control"] = "private, max-age=3600"
        return answer


def xml_address(process_definition_id: str) -> str:
    return reverse("admin:workflow_engine_processdefinition_xml", args=(quote(process_definition_id),))


def _instances_of(row: ProcessDefinition) -> str:
    return links.listing("processinstance", definition=row.pk)


def _incidents_of(row: ProcessDefinition) -> str:
    return links.listing("incident", process_definition__id__exact=row.pk)
