"""Filters: queries with a name that somebody keeps. A small reference table without partition."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids


class FilterQuerySet(models.QuerySet["Filter"]):
    def by_id(self, filter_id: object) -> Self:
        """The filter of this id, or none: also where the text from outside is no id at all."""
        known = ids.canonical(filter_id)
        return self.none() if known is None else self.filter(pk=known)


class Filter(models.Model):
    """`query` is the JSON that the list of its resource type takes; `properties` belong to whoever shows it."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    resource_type = models.CharField(_("resource type"), max_length=255)
    name = models.CharField(_("name"), max_length=255)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    query = models.JSONField(_("query"), default=dict)
    properties = models.JSONField(_("properties"), default=dict)

    objects = FilterQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_filter"
        verbose_name = _("filter")
        verbose_name_plural = _("filters")

    def __str__(self) -> str:
        return self.name
