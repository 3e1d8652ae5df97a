"""Deployments: what was deployed when, its files, deploying and deleting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflow_engine.admin import links
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import moment
from workflow_engine.admin.deploy import deploy_view
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.downloads import attachment
from workflow_engine.admin.forms import OperationForm
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import may, who
from workflow_engine.admin.tenants import visible_rows
from workflow_engine.models import Deployment, ProcessInstance, Resource
from workflow_engine.services import repository


class DeleteForm(OperationForm):
    cascade = forms.BooleanField(
        label=gettext_lazy("also its running process instances and their history"),
        required=False,
        help_text=gettext_lazy("Without this a deployment that has instances is not deleted."),
    )


def delete(request: HttpRequest, row: Deployment, data: Mapping[str, Any]) -> str:
    repository.delete_deployment(str(row.pk), cascade=data["cascade"], user=who(request))
    return _("Deployment %(name)s was deleted.") % {"name": row}


@admin.register(Deployment)
class DeploymentAdmin(EngineAdmin):
    list_display = ("title", "deployed", "source", "definitions", "tenant_id")
    search_fields = ("name", "source", "process_definitions__key")
    ordering = ("-deployment_time", "-id")
    change_list_template = "admin/workflow_engine/deployment_list.html"
    operations = (
        Operation(
            name="delete",
            label=gettext_lazy("Delete"),
            permission="delete_deployment",
            form=DeleteForm,
            perform=delete,
            style="danger",
            question=gettext_lazy(
                "Its files and process definitions are deleted for good. With “cascade”, running instances are cancelled and everything known about them is lost."
            ),
            leads_to=lambda row: links.listing("deployment"),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("deploy/", self.admin_site.admin_view(self.deploy_view), name="workflow_engine_deployment_deploy"),
            path(
                "<uuid:deployment_id>/resource/<uuid:resource_id>/",
                self.admin_site.admin_view(self.resource_view),
                name="workflow_engine_deployment_resource",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(number=Count("process_definitions", distinct=True))

    @admin.display(description=gettext_lazy("deployment"), ordering="name")
    def title(self, row: Deployment) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("deployed"), ordering="deployment_time")
    def deployed(self, row: Any) -> SafeString | str:
        return moment(row.deployment_time, row.asked_at)

    @admin.display(description=gettext_lazy("process definitions"), ordering="number")
    def definitions(self, row: Any) -> int:
        return int(row.number)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        can_deploy = may(request, "deploy")
        return super().changelist_view(request, {**(extra_context or {}), "can_deploy": can_deploy})

    # -- the page ----------------------------------------------------------------------------------------------------

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        running = ProcessInstance.objects.filter(process_definition__deployment_id=row.pk).count()
        return [
            *fields(row, ("deployment_time", "source", "tenant_id")),
            Fact(label=ngettext("running instance", "running instances", running), value=running),
            *fields(row, ("id",)),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        resources = row.resources.order_by("name").defer("content")
        return [
            Section(
                name="definitions",
                title=_("process definitions"),
                template="admin/workflow_engine/sections/definitions.html",
                rows=list(row.process_definitions.order_by("key", "-version")),
            ),
            Section(
                name="resources",
                title=_("files"),
                template="admin/workflow_engine/sections/resources.html",
                rows=[(file, self._resource_address(row, file)) for file in resources],
            ),
        ]

    def _resource_address(self, row: Deployment, resource: Resource) -> str:
        return reverse("admin:workflow_engine_deployment_resource", args=(row.pk, resource.pk))

    def resource_view(self, request: HttpRequest, deployment_id: str, resource_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Resource.objects.filter(deployment_id=deployment_id, pk=resource_id)
        resource = visible_rows(request, rows).first()
        if resource is None:
            raise Http404
        return attachment(bytes(resource.content), resource.name)

    def deploy_view(self, request: HttpRequest) -> HttpResponse:
        return deploy_view(self, request)
