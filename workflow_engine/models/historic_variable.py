"""History of variables: their last value, and (full history) every update."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine.models.historic_base import HistoryQuerySet, HistoryRow
from workflow_engine.models.value_columns import ValueColumns


class VariableState(models.TextChoices):
    CREATED = "CREATED", _("exists")  # also after its instance has ended
    DELETED = "DELETED", _("deleted")  # removed while its scope lived on


class HistoricVariableInstance(HistoryRow, ValueColumns):
    """`id` is that of the variable. `activity_instance_id` is the scope that it lives in."""

    name = models.CharField(_("name"), max_length=255)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    task_id = models.UUIDField(_("user task"), null=True, blank=True)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    create_time = models.DateTimeField(_("created"))
    revision = models.IntegerField(_("revision"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=VariableState, default=VariableState.CREATED)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_variable"
        verbose_name = _("historic variable")
        verbose_name_plural = _("historic variables")
        permissions = [("view_variables", _("Can see the values of variables"))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VariableState.values), name="wf_historic_variable_state")
        ]
        indexes = [
            models.Index(fields=["process_instance", "name"], name="wf_hi_variable_instance"),
            models.Index(fields=["process_definition"], name="wf_hi_variable_definition"),
        ]

    def __str__(self) -> str:
        return self.name


class HistoricDetail(HistoryRow, ValueColumns):
    """One update of a variable, or a text that a form sent: then `name` is the field's, and there is no variable.
    `activity_instance_id` is the activity that made it."""

    variable_instance_id = models.UUIDField(
        _("variable"), null=True, blank=True, help_text=_("Empty for a field of a form.")
    )
    name = models.CharField(_("name"), max_length=255)
    time = models.DateTimeField(_("time"))
    revision = models.IntegerField(_("revision"), default=0)
    execution_id = models.UUIDField(_("execution"), null=True, blank=True)
    task_id = models.UUIDField(_("user task"), null=True, blank=True)
    activity_instance_id = models.UUIDField(_("activity instance"), null=True, blank=True)
    user_operation_id = models.UUIDField(_("user operation"), null=True, blank=True)
    is_initial = models.BooleanField(_("set by the start"), default=False)

    objects = HistoryQuerySet.as_manager()

    class Meta(HistoryRow.Meta):
        db_table = "workflow_engine_historic_detail"
        verbose_name = _("historic detail")
        verbose_name_plural = _("historic details")
        indexes = [models.Index(fields=["process_instance", "sequence"], name="wf_hi_detail_instance")]

    def __str__(self) -> str:
        return self.name
