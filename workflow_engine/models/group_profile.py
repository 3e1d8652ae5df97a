"""What Camunda knows of a group and Django's group has no field for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupProfile(models.Model):
    """Django's `Group.name` is Camunda's group id; Camunda's name and type stand here. A group without a row has neither."""

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("group")
    )
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    type = models.CharField(_("type"), max_length=255, null=True, blank=True)

    objects = models.Manager["GroupProfile"]()

    class Meta:
        db_table = "workflow_engine_group_profile"
        verbose_name = _("group profile")
        verbose_name_plural = _("group profiles")
        # Changed together with the group, under the permissions of django.contrib.auth.
        default_permissions = ()

    def __str__(self) -> str:
        return self.name or str(self.group)


def groups_of(user: Any) -> models.QuerySet[Group]:
    """The groups of a user; none where the site's own user model has no groups."""
    groups = getattr(user, "groups", None)
    return Group.objects.none() if groups is None else groups.all()
