"""What all runtime and history rows share: a UUID made by the application, and the partition that follows from it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids


class RowQuerySet(models.QuerySet[Any]):
    """Named queries that pin the partition, so that they stay on one node of a partitioned database."""

    def in_partition(self, row_id: object) -> Self:
        """Rows of the bucket that this id belongs to; none if it is no id."""
        known = ids.canonical(row_id)
        return self.none() if known is None else self.filter(partition=ids.partition_of(known))

    def by_id(self, row_id: object) -> Self:
        """The row of this id, or none: also where the text from outside is no id at all."""
        known = ids.canonical(row_id)
        return self.none() if known is None else self.filter(partition=ids.partition_of(known), pk=known)

    def for_instance(self, process_instance_id: object) -> Self:
        known = ids.canonical(process_instance_id)
        if known is None:
            return self.none()
        return self.filter(partition=ids.partition_of(known), process_instance_id=known)

    def for_root(self, root_process_instance_id: object) -> Self:
        known = ids.canonical(root_process_instance_id)
        if known is None:
            return self.none()
        return self.filter(partition=ids.partition_of(known), root_process_instance_id=known)

    def for_tenants(self, tenant_ids: list[str]) -> Self:
        """Rows of these tenants; "" stands for rows without one."""
        return self.filter(tenant_id__in=tenant_ids)


class Row(models.Model):
    """`partition` is the bucket of the root process instance; it is part of the id and never changes."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    partition = models.SmallIntegerField(_("partition"), editable=False)
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")

    class Meta:
        abstract = True
        # Rows are written by services only, so there is nothing else that could be permitted.
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.pk)
