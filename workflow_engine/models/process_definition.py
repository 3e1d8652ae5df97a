"""Process definitions: one row per executable process and version. A small reference table without partition."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.deployment import Deployment


class ProcessDefinitionQuerySet(models.QuerySet["ProcessDefinition"]):
    def latest(self) -> Self:  # type: ignore[override]  # Camunda's word; Django's method is not of use here
        """The newest version of every key and tenant."""
        newest = (
            ProcessDefinition.objects.filter(key=OuterRef("key"), tenant_id=OuterRef("tenant_id"))
            .order_by("-version")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))

    def of_key(self, key: str, tenant_id: str | None = None) -> Self:
        """Versions of a key, newest first; `tenant_id` None: of every tenant, "": of none."""
        found = self.filter(key=key).order_by("-version")
        return found if tenant_id is None else found.filter(tenant_id=tenant_id)

    def active(self) -> Self:
        return self.filter(is_suspended=False)

    def suspended(self) -> Self:
        return self.filter(is_suspended=True)


class ProcessDefinition(models.Model):
    """`id` is "key:version:uuid", as Camunda writes it."""

    id = models.CharField(_("id"), primary_key=True, max_length=320, editable=False)
    key = models.CharField(_("key"), max_length=255)
    version = models.PositiveIntegerField(_("version"))
    version_tag = models.CharField(_("version tag"), max_length=255, null=True, blank=True)
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    category = models.CharField(
        _("category"), max_length=255, null=True, blank=True, help_text=_("Target namespace of the file.")
    )
    description = models.TextField(_("description"), null=True, blank=True)
    resource_name = models.CharField(_("resource"), max_length=255)
    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="process_definitions", verbose_name=_("deployment")
    )
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")
    is_suspended = models.BooleanField(_("suspended"), default=False)
    is_startable_in_tasklist = models.BooleanField(_("startable in tasklist"), default=True)
    has_start_form = models.BooleanField(_("has a start form"), default=False)
    history_time_to_live = models.PositiveIntegerField(_("history time to live in days"), null=True, blank=True)

    objects = ProcessDefinitionQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_process_definition"
        verbose_name = _("process definition")
        verbose_name_plural = _("process definitions")
        default_permissions = ("view",)
        permissions = [
            ("start_process", _("Can start process instances")),
            ("suspend_definition", _("Can suspend and activate process definitions")),
            ("set_history_time_to_live", _("Can change how long history is kept")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "version", "tenant_id"], name="wf_definition_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="wf_definition_version_positive"),
        ]
        indexes = [models.Index(fields=["key", "version_tag"], name="wf_definition_tag")]

    def __str__(self) -> str:
        return f"{self.name or self.key} (version {self.version})"
