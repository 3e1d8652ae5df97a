"""External tasks: work that waits for a worker, or that a worker holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference

# The words that the statements of `store.fetch` repeat, so that the planner recognises the partial indexes.
HAS_RETRIES = Q(retries__isnull=True) | Q(retries__gt=0)
WAITING = Q(worker_id__isnull=True, is_suspended=False) & HAS_RETRIES
HELD = Q(worker_id__isnull=False, is_suspended=False) & HAS_RETRIES


class ExternalTaskQuerySet(RowQuerySet):
    def of_topic(self, topic_name: str) -> Self:
        return self.filter(topic_name=topic_name)

    def locked(self, now: datetime) -> Self:
        return self.filter(lock_expiration_time__gt=now)

    def not_locked(self, now: datetime) -> Self:
        return self.filter(Q(lock_expiration_time__isnull=True) | Q(lock_expiration_time__lte=now))

    def dropped(self, most: int | None, by_topic: Mapping[str, int | None]) -> Self:
        """Handed out so often without an answer that it is enough (`MAX_DELIVERIES`, `MAX_DELIVERIES_BY_TOPIC`)."""
        every = Q() if most is None else Q(deliveries__gte=most) & ~Q(topic_name__in=list(by_topic))
        limited = {topic: limit for topic, limit in by_topic.items() if limit is not None}
        for topic, limit in limited.items():
            every |= Q(topic_name=topic, deliveries__gte=limit)
        return self.filter(every) if every else self.none()

    def with_retries_left(self) -> Self:
        return self.filter(HAS_RETRIES)

    def no_retries_left(self) -> Self:
        return self.filter(retries=0)


class ExternalTask(Row):
    """Two workers never hold one task: a lock is a worker and an expiry, decided by the database's clock."""

    topic_name = models.CharField(_("topic"), max_length=255)
    process_instance = RowReference("Execution", _("process instance"))
    root_process_instance = RowReference("Execution", _("root process instance"))
    execution = RowReference("Execution", _("execution"))
    process_definition = RowReference("ProcessDefinition", _("process definition"))
    process_definition_key = models.CharField(_("process definition key"), max_length=255)
    activity_id = models.CharField(_("activity"), max_length=255)
    activity_instance_id = models.UUIDField(_("activity instance"))
    create_time = models.DateTimeField(_("created"))
    business_key = models.CharField(_("business key"), max_length=255, null=True, blank=True)
    priority = models.BigIntegerField(_("priority"), default=0)
    retries = models.IntegerField(_("retries"), null=True, blank=True, help_text=_("Empty until a worker says."))
    worker_id = models.CharField(_("worker"), max_length=255, null=True, blank=True)
    lock_expiration_time = models.DateTimeField(_("locked until"), null=True, blank=True)
    lock_token = models.UUIDField(_("lock token"), null=True, blank=True, help_text=_("New with every fetch."))
    deliveries = models.IntegerField(
        _("deliveries"),
        default=0,
        db_default=0,
        help_text=_("How often it was handed out since a worker or an operator last said something about it."),
    )
    traceparent = models.CharField(
        _("trace"),
        max_length=55,
        null=True,
        blank=True,
        help_text=_("Of the command that made it (W3C Trace Context)."),
    )
    error_message = models.TextField(_("error message"), null=True, blank=True)
    error_details = models.TextField(_("error details"), null=True, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)

    objects = ExternalTaskQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_external_task"
        verbose_name = _("external task")
        verbose_name_plural = _("external tasks")
        permissions = [
            ("fetch_external_task", _("Can fetch and lock external tasks")),
            ("complete_external_task", _("Can complete and fail external tasks")),
            ("unlock_external_task", _("Can unlock external tasks and change their priority")),
            ("set_retries", _("Can set the retries of external tasks and jobs")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(worker_id__isnull=True, lock_expiration_time__isnull=True)
                | Q(worker_id__isnull=False, lock_expiration_time__isnull=False),
                name="wf_external_task_lock_has_worker_and_expiry",
            ),
            models.CheckConstraint(
                condition=Q(retries__isnull=True) | Q(retries__gte=0), name="wf_external_task_retries"
            ),
        ]
        indexes = [
            # Locked tasks leave the first two, so that they cannot pile up at the head of what a fetch reads.
            models.Index(
                "topic_name", models.F("priority").desc(), "id", condition=WAITING, name="wf_external_task_by_priority"
            ),
            models.Index("topic_name", "id", condition=WAITING, name="wf_external_task_by_age"),
            models.Index("topic_name", "lock_expiration_time", condition=HELD, name="wf_external_task_held"),
            models.Index(fields=["execution"], name="wf_external_task_execution"),
            models.Index(fields=["process_instance"], name="wf_external_task_instance"),
            models.Index(fields=["process_definition", "activity_id"], name="wf_external_task_definition"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_name} {self.pk}"
