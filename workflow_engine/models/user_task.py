"""User tasks and the people they are offered to."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference

# What a task of a process has, and a standalone one has not.
OF_PROCESS = (
    "process_instance", "root_process_instance", "execution", "process_definition", "task_definition_key",
    "activity_instance_id",
)  # fmt: skip


class UserTaskQuerySet(RowQuerySet):
    def assigned_to(self, user_id: str) -> Self:
        return self.filter(assignee=user_id)

    def unassigned(self) -> Self:
        return self.filter(assignee__isnull=True)


class UserTask(Row):
    """Work that waits for a person: of a process, or standalone, which means that somebody made it outside of any process."""

    name = models.TextField(_("name"), null=True, blank=True)
    process_instance = RowReference("Execution", _("process instance"), null=True, blank=True)
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    execution = RowReference("Execution", _("execution"), null=True, blank=True)
    process_definition = RowReference("ProcessDefinition", _("process definition"), null=True, blank=True)
    task_definition_key = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    create_time = models.DateTimeField(_("created"))
    last_updated = models.DateTimeField(_("last updated"), null=True, blank=True)
    description = models.TextField(_("description"), null=True, blank=True)
    owner = models.CharField(_("owner"), max_length=255, null=True, blank=True)
    assignee = models.CharField(_("assignee"), max_length=255, null=True, blank=True)
    delegation_state = models.CharField(_("delegation state"), max_length=16, null=True, blank=True)
    due_date = models.DateTimeField(_("due"), null=True, blank=True)
    follow_up_date = models.DateTimeField(_("follow up"), null=True, blank=True)
    priority = models.IntegerField(_("priority"), default=50)
    parent_task = RowReference("self", _("parent task"), null=True, blank=True)
    has_sub_tasks = models.BooleanField(_("has or had sub tasks"), default=False, db_default=False, editable=False)
    task_state = models.CharField(_("state"), max_length=64, default="Created")
    is_suspended = models.BooleanField(_("suspended"), default=False)

    objects = UserTaskQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_user_task"
        verbose_name = _("user task")
        verbose_name_plural = _("user tasks")
        permissions = [
            ("complete_user_task", _("Can complete user tasks")),
            ("assign_user_task", _("Can assign and change user tasks")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True for name in OF_PROCESS})
                | Q(**{f"{name}__isnull": False for name in OF_PROCESS}),
                name="wf_user_task_of_process_or_standalone",
            )
        ]
        indexes = [
            models.Index(fields=["execution"], name="wf_user_task_execution"),
            models.Index(fields=["process_instance"], name="wf_user_task_instance"),
            models.Index(fields=["process_definition", "task_definition_key"], name="wf_user_task_definition"),
            models.Index(fields=["assignee"], condition=Q(assignee__isnull=False), name="wf_user_task_assignee"),
            models.Index(fields=["parent_task"], condition=Q(parent_task__isnull=False), name="wf_user_task_parent"),
        ]

    def __str__(self) -> str:
        return self.name or self.task_definition_key or str(self.pk)


class IdentityLink(Row):
    """A candidate user or group of a user task. `type` is "candidate", "assignee", "owner" or a site's own word."""

    task = RowReference("UserTask", _("user task"))
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=255)
    user_id = models.CharField(_("user"), max_length=255, null=True, blank=True)
    group_id = models.CharField(_("group"), max_length=255, null=True, blank=True)

    objects = RowQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_identity_link"
        verbose_name = _("identity link")
        verbose_name_plural = _("identity links")
        indexes = [
            models.Index(fields=["task"], name="wf_identity_link_task"),
            models.Index(fields=["user_id"], condition=Q(user_id__isnull=False), name="wf_identity_link_user"),
            models.Index(fields=["group_id"], condition=Q(group_id__isnull=False), name="wf_identity_link_group"),
        ]
