"""Which versions of the engine have prepared this database, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow_engine import ids


class SchemaLog(models.Model):
    """A row for each version that migrated the database. Append-only."""

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    timestamp = models.DateTimeField(_("time"))
    version = models.CharField(_("version"), max_length=64, unique=True)

    objects = models.Manager["SchemaLog"]()

    class Meta:
        db_table = "workflow_engine_schema_log"
        verbose_name = _("schema log entry")
        verbose_name_plural = _("schema log")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.version
