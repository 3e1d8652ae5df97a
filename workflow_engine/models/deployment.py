"""Deployments and their resources: reference tables, small and without partition."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def by_id(self, deployment_id: object) -> Self:
        """The deployment of this id, or none: also where the text from outside is no id at all."""
        known = ids.canonical(deployment_id)
        return self.none() if known is None else self.filter(pk=known)

    def newest_first(self) -> Self:
        return self.order_by("-deployment_time", "-id")

    def named(self, name: str | None, tenant_id: str) -> Self:
        """Deployments that a new one of this name is compared with."""
        return self.filter(name=name, tenant_id=tenant_id)


class Deployment(models.Model):
    """A named set of resources, stored as they were sent."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    source = models.CharField(_("source"), max_length=255, null=True, blank=True)
    deployment_time = models.DateTimeField(_("deployment time"))
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_deployment"
        verbose_name = _("deployment")
        verbose_name_plural = _("deployments")
        default_permissions = ("view",)
        permissions = [
            ("deploy", _("Can deploy process definitions")),
            ("delete_deployment", _("Can delete deployments")),
        ]
        indexes = [models.Index(fields=["name", "tenant_id", "deployment_time"], name="wf_deployment_name")]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class Resource(models.Model):
    """One file of a deployment."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="resources", verbose_name=_("deployment")
    )
    name = models.CharField(_("name"), max_length=255)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, help_text=_("Tells whether a file changed without reading it.")
    )

    class Meta:
        db_table = "workflow_engine_resource"
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["deployment", "name"], name="wf_resource_name_in_deployment")]

    def __str__(self) -> str:
        return self.name
