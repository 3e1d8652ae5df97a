"""Event subscriptions: who waits for a message, a signal, a condition; and what can be compensated."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference


class EventSubscriptionQuerySet(RowQuerySet):
    def messages(self, name: str | None = None) -> Self:
        found = self.filter(event_type="message")
        return found if name is None else found.filter(event_name=name)

    def signals(self, name: str | None = None) -> Self:
        found = self.filter(event_type="signal")
        return found if name is None else found.filter(event_name=name)

    def of_start_events(self) -> Self:
        return self.filter(execution_id__isnull=True)

    def of_instances(self) -> Self:
        return self.filter(execution_id__isnull=False)


class EventSubscription(Row):
    """See `workflow_engine.engine.state.EventSubscription`. Without execution it is the start event of a definition."""

    event_type = models.CharField(_("type"), max_length=32)
    event_name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255)
    created = models.DateTimeField(_("created"))
    execution = RowReference("Execution", _("execution"), null=True, blank=True)
    process_instance = RowReference("Execution", _("process instance"), null=True, blank=True)
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"), null=True, blank=True)
    configuration = models.CharField(_("configuration"), max_length=320, null=True, blank=True)
    sequence = models.BigIntegerField(_("sequence"), default=0)

    objects = EventSubscriptionQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_event_subscription"
        verbose_name = _("event subscription")
        verbose_name_plural = _("event subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(execution__isnull=False) | Q(process_definition__isnull=False),
                name="wf_event_subscription_has_an_owner",
            )
        ]
        indexes = [
            models.Index(
                fields=["event_name", "event_type"],
                condition=Q(event_name__isnull=False),
                name="wf_event_subscription_name",
            ),
            models.Index(fields=["execution"], condition=Q(execution__isnull=False), name="wf_event_subscription_exec"),
            models.Index(
                fields=["process_instance"],
                condition=Q(process_instance__isnull=False),
                name="wf_event_subscription_instance",
            ),
            models.Index(
                fields=["process_definition"], condition=Q(execution__isnull=True), name="wf_event_subscription_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_name or self.activity_id}"
