"""Variables of running instances."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.base import Row, RowQuerySet
from workflow_engine.models.fields import RowReference
from workflow_engine.models.value_columns import ValueColumns

_OF_PROCESS = ("process_instance", "root_process_instance", "execution")


class VariableQuerySet(RowQuerySet):
    def named(self, name: str) -> Self:
        return self.filter(name=name)

    def of_execution(self, execution_id: str) -> Self:
        return self.in_partition(execution_id).filter(execution_id=execution_id, task_id__isnull=True)

    def of_task(self, task_id: str) -> Self:
        return self.in_partition(task_id).filter(task_id=task_id)


class Variable(Row, ValueColumns):
    """One variable in one scope: an execution, a user task within it, or a user task that belongs to no process."""

    name = models.CharField(_("name"), max_length=255)
    process_instance = RowReference("Execution", _("process instance"), null=True, blank=True)
    root_process_instance = RowReference("Execution", _("root process instance"), null=True, blank=True)
    execution = RowReference("Execution", _("execution"), null=True, blank=True)
    task = RowReference("UserTask", _("user task"), null=True, blank=True)
    is_concurrent_local = models.BooleanField(_("local to a concurrent execution"), default=False)
    sequence_counter = models.BigIntegerField(_("sequence counter"), default=0)

    objects = VariableQuerySet.as_manager()

    class Meta(Row.Meta):
        db_table = "workflow_engine_variable"
        verbose_name = _("variable")
        verbose_name_plural = _("variables")
        permissions = [("set_variables", _("Can change variables of process instances"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": False for name in _OF_PROCESS})
                | Q(**{f"{name}__isnull": True for name in _OF_PROCESS}, task__isnull=False),
                name="wf_variable_has_scope",
            ),
            models.UniqueConstraint(
                fields=["execution", "name", "partition"],
                condition=Q(task__isnull=True),
                name="wf_variable_once_per_scope",
            ),
            models.UniqueConstraint(
                fields=["task", "name", "partition"], condition=Q(task__isnull=False), name="wf_variable_once_per_task"
            ),
        ]
        indexes = [models.Index(fields=["process_instance", "name"], name="wf_variable_instance")]

    def __str__(self) -> str:
        return self.name  # never the value: it may be confidential
