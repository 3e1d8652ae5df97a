"""Removing what history knows about variables, whose values may be confidential. Running instances keep theirs."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.errors import NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.visibility import visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def delete_historic_variable_instance(variable_id: str, *, user: Any = None, using: str | None = None) -> None:
    """With every update of it."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        rows = models.HistoricVariableInstance.objects.using(alias).by_id(variable_id)
        variable = visible(rows).select_for_update().defer("bytes_value", "text_value").first()
        if variable is None:
            raise NotFound(f"No historic variable instance found with id: {variable_id[:300]}")
        details = models.HistoricDetail.objects.using(alias).filter(partition=variable.partition)
        details.filter(process_instance_id=variable.process_instance_id, variable_instance_id=variable.pk).delete()
        rows.delete()
        _log(variable, variable.process_instance_id, user, alias, property="name", new_value=variable.name)


def delete_historic_variable_instances(process_instance_id: str, *, user: Any = None, using: str | None = None) -> None:
    """Of a whole process instance."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        rows = models.HistoricProcessInstance.objects.using(alias).by_id(process_instance_id)
        instance = visible(rows).select_for_update().first()
        if instance is None:
            raise NotFound(f"No historic process instance found with id: {process_instance_id[:300]}")
        for model in (models.HistoricDetail, models.HistoricVariableInstance):
            model.objects.using(alias).for_instance(instance.pk).delete()
        _log(instance, instance.pk, user, alias)


def _log(row: Any, process_instance_id: Any, user: Any, using: str, **changed: Any) -> None:
    definition_id = row.process_definition_id
    entry = operation_log.Entry(
        operation_type="DeleteHistory",
        entity_type="Variable",
        process_instance_id=None if process_instance_id is None else str(process_instance_id),
        process_definition_id=definition_id,
        process_definition_key=None if definition_id is None else definition_id.rsplit(":", 2)[0],
        tenant_id=row.tenant_id,
        **changed,
    )
    operation_log.write([entry], name_of(user), using)
