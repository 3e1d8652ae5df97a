"""When each sweeper was last seen at work: one row for a process, written by itself alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SweeperHeartbeat(models.Model):
    """A sweeper that ends takes its row away; one that was killed leaves it to be seen as stale for a day."""

    owner = models.CharField(_("sweeper"), primary_key=True, max_length=255)
    started = models.DateTimeField(_("started"))
    last_seen = models.DateTimeField(_("last seen"))
    threads = models.IntegerField(_("threads"), default=1)

    objects = models.Manager["SweeperHeartbeat"]()

    class Meta:
        db_table = "workflow_engine_sweeper_heartbeat"
        verbose_name = _("sweeper")
        verbose_name_plural = _("sweepers")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.owner
