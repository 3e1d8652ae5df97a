"""Tenants and who belongs to them. A small reference table without partition."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.group_profile import groups_of


class TenantQuerySet(models.QuerySet["Tenant"]):
    def of_user(self, user: Any) -> Self:
        """Tenants that a user belongs to, himself or through one of his groups."""
        groups = groups_of(user).values("pk")
        return self.filter(Q(users=user) | Q(groups__in=groups)).distinct()


class Tenant(models.Model):
    """`id` is the text that rows carry as `tenant_id`; rows may also name tenants that nobody has entered here."""

    id = models.CharField(_("id"), primary_key=True, max_length=255)
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        db_table="workflow_engine_tenant_user",
        verbose_name=_("users"),
    )
    groups = models.ManyToManyField(
        Group, blank=True, related_name="+", db_table="workflow_engine_tenant_group", verbose_name=_("groups")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_tenant"
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        permissions = [("see_all_tenants", _("Can see what belongs to any tenant"))]

    def __str__(self) -> str:
        return self.name or self.id
