"""Authorizations: what somebody may do beyond his Django permissions, on one process definition or on all of a kind."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids
from workflow_engine.models.group_profile import groups_of

ANY = "*"


class AuthorizationType(models.IntegerChoices):
    """Camunda's numbers."""

    GLOBAL = 0, _("global")  # a grant for everybody who has logged in
    GRANT = 1, _("grant")
    REVOKE = 2, _("revoke")  # takes away what a grant of wider scope gives


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def by_id(self, authorization_id: object) -> Self:
        known = ids.canonical(authorization_id)
        return self.none() if known is None else self.filter(pk=known)

    def concerning(self, user: Any) -> Self:
        """Those of the user, of his groups and of everybody."""
        groups = groups_of(user).values("pk")
        return self.filter(Q(type=AuthorizationType.GLOBAL) | Q(user=user) | Q(group__in=groups))


class Authorization(models.Model):
    """For one user or one group, or for everybody. `permissions` are Camunda's names."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    type = models.PositiveSmallIntegerField(_("type"), choices=AuthorizationType.choices)
    # Keys and not names: a new user of a deleted one's name must not inherit anything.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    resource_type = models.PositiveSmallIntegerField(_("resource type"))
    resource_id = models.CharField(_("resource id"), max_length=255, default=ANY)
    permissions = models.JSONField(_("permissions"), default=list)

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_authorization"
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = [
            models.CheckConstraint(
                name="wf_authorization_for_whom",
                condition=Q(type=AuthorizationType.GLOBAL, user__isnull=True, group__isnull=True)
                | Q(
                    type__in=(AuthorizationType.GRANT, AuthorizationType.REVOKE), user__isnull=False, group__isnull=True
                )
                | Q(
                    type__in=(AuthorizationType.GRANT, AuthorizationType.REVOKE), user__isnull=True, group__isnull=False
                ),
            ),
            models.UniqueConstraint(
                fields=["resource_type", "resource_id"],
                condition=Q(type=AuthorizationType.GLOBAL),
                name="wf_authorization_of_all",
            ),
            models.UniqueConstraint(
                fields=["type", "user", "resource_type", "resource_id"],
                condition=Q(user__isnull=False),
                name="wf_authorization_of_user",
            ),
            models.UniqueConstraint(
                fields=["type", "group", "resource_type", "resource_id"],
                condition=Q(group__isnull=False),
                name="wf_authorization_of_group",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
