"""Camunda Forms: one row per deployed .form file and version. A small reference table without partition."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids
from workflow_engine.models.deployment import Deployment


class CamundaFormDefinitionQuerySet(models.QuerySet["CamundaFormDefinition"]):
    def of_key(self, key: str) -> Self:
        """Newest first."""
        return self.filter(key=key).order_by("-version")


class CamundaFormDefinition(models.Model):
    """`key` is the id that the file gives itself; camunda:formRef names it."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    key = models.CharField(_("key"), max_length=255)
    version = models.PositiveIntegerField(_("version"))
    resource_name = models.CharField(_("resource"), max_length=255)
    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="camunda_forms", verbose_name=_("deployment")
    )
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")

    objects = CamundaFormDefinitionQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_camunda_form_definition"
        verbose_name = _("Camunda Form")
        verbose_name_plural = _("Camunda Forms")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["key", "version", "tenant_id"], name="wf_form_version")]

    def __str__(self) -> str:
        return f"{self.key} (version {self.version})"
