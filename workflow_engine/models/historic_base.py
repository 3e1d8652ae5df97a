"""What all history rows share."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class HistoryQuerySet(RowQuerySet):
    def in_order(self) -> Self:
        """As it happened; meant for the rows of one instance."""
        return self.order_by("sequence")

    def finished(self) -> Self:
        return self.filter(end_time__isnull=False)

    def unfinished(self) -> Self:
        return self.filter(end_time__isnull=True)

    def with_duration(self) -> Self:
        """Adds `duration` for filters and order; a single row knows its `duration_in_millis` anyway."""
        return self.annotate(duration=ExpressionWrapper(F("end_time") - F("start_time"), models.DurationField()))


class Timed(models.Model):
    """What has a start and an end. The duration follows from them, so that an end can be written without reading the start."""

    start_time = models.DateTimeField(_("started"))
    end_time = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def duration_in_millis(self) -> int | None:
        if self.end_time is None:
            return None
        return (self.end_time - self.start_time) // timedelta(milliseconds=1)


class HistoryRow(Row):
    """`sequence` counts the history rows of one root process instance without gaps between commands.

    History goes with its process instance, so the removal time stands there only.
    """

    process_instance = RowReference(
        "workflow_engine.HistoricProcessInstance", _("process instance"), null=True, blank=True
    )
    root_process_instance_id = models.UUIDField(_("root process instance"), null=True, blank=True)
    process_definition = RowReference(
        "workflow_engine.ProcessDefinition", _("process definition"), null=True, blank=True
    )
    sequence = models.BigIntegerField(_("sequence"), default=0)

    class Meta(Row.Meta):
        abstract = True
