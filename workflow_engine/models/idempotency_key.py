"""Requests that carried an `Idempotency-Key`, with their answers: whoever repeats one gets the answer again."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import RowQuerySet


class IdempotencyKeyQuerySet(RowQuerySet):
    def expired(self, now: datetime) -> Self:
        return self.filter(expires__lte=now)


class IdempotencyKey(models.Model):
    """`id` is a UUIDv5 of (caller, method, path, key), so the primary key is the guarantee; `partition` is its bucket.

    The row is inserted before the request is carried out and in its transaction, so that a second request with the key
    waits; the answer follows at the end of that transaction. A refused request leaves no row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    partition = models.SmallIntegerField(_("partition"), editable=False)
    caller = models.CharField(_("caller"), max_length=300)
    method = models.CharField(_("method"), max_length=10)
    path = models.TextField(_("path"))
    key = models.CharField(_("key"), max_length=255)
    body_hash = models.CharField(_("hash of the body"), max_length=64)
    status = models.SmallIntegerField(_("status"), default=0)
    answer = models.TextField(_("answer"), blank=True, default="")
    created = models.DateTimeField(_("created"))
    expires = models.DateTimeField(_("expires"))

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_idempotency_key"
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["expires"], name="wf_idempotency_key_expires")]

    def __str__(self) -> str:
        return self.key
