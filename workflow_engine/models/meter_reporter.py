"""What each process has measured since it began: one row for a process, written by itself alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeterReporter(models.Model):
    """Sums that only grow, so whoever reads two of them at different times knows what happened in between."""

    reporter = models.CharField(_("process"), primary_key=True, max_length=255)
    started = models.DateTimeField(_("started"))
    last_seen = models.DateTimeField(_("last seen"))
    figures = models.JSONField(_("figures"))

    objects = models.Manager["MeterReporter"]()

    class Meta:
        db_table = "workflow_engine_meter_reporter"
        verbose_name = _("measuring process")
        verbose_name_plural = _("measuring processes")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.reporter
