"""Business keys that were declared unique: one process instance each, for ever."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import RowQuerySet


class BusinessKey(models.Model):
    """`id` is a UUIDv5 of (tenant, definition key, business key), so the primary key is the guarantee.

    `partition` is the bucket of this id, not that of the instance: everybody who asks for the key asks the same node.
    The row is inserted in the transaction that starts the instance and stays when the instance has ended.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    partition = models.SmallIntegerField(_("partition"), editable=False)
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True, default="")
    process_definition_key = models.CharField(_("process definition key"), max_length=255)
    business_key = models.CharField(_("business key"), max_length=255)
    process_instance_id = models.UUIDField(_("process instance"))
    created = models.DateTimeField(_("created"))

    objects = RowQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_business_key"
        verbose_name = _("unique business key")
        verbose_name_plural = _("unique business keys")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["process_instance_id"], name="wf_business_key_instance")]

    def __str__(self) -> str:
        return self.business_key
