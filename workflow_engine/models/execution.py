"""The execution tree of running instances; a process instance is the execution without parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ExecutionQuerySet(RowQuerySet):
    def process_instances(self) -> Self:
        return self.filter(parent_id__isnull=True)

    def roots(self) -> Self:
        """Process instances that no other called."""
        return self.filter(parent_id__isnull=True, id=F("root_process_instance_id"))

    def of_definition(self, process_definition_id: str) -> Self:
        return self.filter(process_definition_id=process_definition_id)

    def with_business_key(self, business_key: str) -> Self:
        return self.filter(business_key=business_key)

    def active(self) -> Self:
        return self.filter(is_suspended=False)

    def suspended(self) -> Self:
        return self.filter(is_suspended=True)


class Execution(Row):
    """See `workflow_engine.engine.state.Execution` for what the fields mean."""

    process_instance = RowReference("self", _("process instance"))
    root_process_instance = RowReference("self", _("root process instance"))
    process_definition = RowReference("ProcessDefinition", _("process definition"))
    parent = RowReference("self", _("parent"), null=True, blank=True)
    super_execution = RowReference("self", _("calling execution"), null=True, blank=True)
    business_key = models.CharField(_("business key"), max_length=255, null=True, blank=True)
    activity_id = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_concurrent = models.BooleanField(_("concurrent"), default=False)
    is_scope = models.BooleanField(_("scope"), default=True)
    is_event_scope = models.BooleanField(_("event scope"), default=False)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    sequence_counter = models.BigIntegerField(_("sequence counter"), default=0)
    contents = models.SmallIntegerField(_("contents"), default=0, editable=False)
    history_sequence = models.BigIntegerField(
        _("history sequence"), default=0, help_text=_("The last number given to a history row; used on the root only.")
    )

    objects = ExecutionQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_execution"
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        # Steps change activity and flags of a row; no index on those, so PostgreSQL updates the row in place.
        indexes = [
            models.Index(fields=["parent", "id"], condition=Q(parent__isnull=False), name="wf_execution_parent"),
            models.Index(
                fields=["super_execution"], condition=Q(super_execution__isnull=False), name="wf_execution_super"
            ),
            models.Index(fields=["process_instance"], name="wf_execution_instance"),
            models.Index(
                fields=["process_definition", "id"], condition=Q(parent__isnull=True), name="wf_execution_definition"
            ),
            models.Index(
                fields=["business_key"], condition=Q(business_key__isnull=False), name="wf_execution_business_key"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(process_instance=F("id")), name="wf_execution_instance_is_its_own"
            ),
        ]


class ProcessInstanceManager(models.Manager.from_queryset(ExecutionQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> QuerySet[Execution]:
        return super().get_queryset().process_instances()


class ProcessInstance(Execution):
    """The executions without parent."""

    objects = ProcessInstanceManager()  # type: ignore[misc]  # narrower than its parent class's

    class Meta(Row.Meta):
        proxy = True
        verbose_name = _("process instance")
        verbose_name_plural = _("process instances")
        permissions = [
            ("cancel_instance", _("Can cancel process instances")),
            ("modify_instance", _("Can modify running process instances")),
            ("migrate_instance", _("Can migrate process instances to another version")),
            ("suspend_instance", _("Can suspend and activate process instances")),
            ("correlate_message", _("Can correlate messages and send signals")),
        ]

    def __str__(self) -> str:
        return self.business_key or str(self.pk)
