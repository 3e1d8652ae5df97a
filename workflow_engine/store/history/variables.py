"""History of variables: their last value and, at the level "full", every update and what forms sent."""

from __future__ import annotations

from typing import Any

from workflow_engine import models
from workflow_engine.engine import history as events
from workflow_engine.store.history.rows import FULL, HistoryRows
from workflow_engine.store.tables import value_columns


def variable_changed(rows: HistoryRows, event: events.VariableChanged) -> None:
    columns = value_columns(event.name, event.value)
    if event.change == "create":
        rows.insert(
            models.HistoricVariableInstance,
            event,
            event.variable_id,
            name=event.name,
            execution_id=event.execution_id,
            task_id=event.task_id,
            activity_instance_id=event.scope_activity_instance_id,
            create_time=event.time,
            revision=event.revision,
            **columns,
        )
    elif event.change == "delete":
        rows.update(models.HistoricVariableInstance, event.variable_id, state="DELETED")
        # What it was stays with the variable; the update that removed it has only the type.
        columns = {**value_columns(event.name, None), "type_name": columns["type_name"]}
    else:
        moved = {"execution_id": event.execution_id}
        if event.change == "migrate":
            moved["process_definition_id"] = event.process_definition_id
        if rows.is_new(models.HistoricVariableInstance, event.variable_id):
            # As in Camunda: a variable belongs to the scope in which the command that created it left it.
            moved["activity_instance_id"] = event.scope_activity_instance_id
        rows.update(models.HistoricVariableInstance, event.variable_id, revision=event.revision, **moved, **columns)
    if rows.level >= FULL and event.change != "migrate":
        _detail(rows, event, columns)


def _detail(rows: HistoryRows, event: events.VariableChanged, columns: dict[str, Any]) -> None:
    rows.append(
        models.HistoricDetail,
        event,
        event.variable_id,
        variable_instance_id=event.variable_id,
        name=event.name,
        time=event.time,
        revision=event.revision + (event.change == "delete"),
        execution_id=event.execution_id,
        task_id=event.task_id,
        activity_instance_id=event.activity_instance_id,
        user_operation_id=event.user_operation_id,
        is_initial=event.is_initial,
        **columns,
    )


def form_field_submitted(rows: HistoryRows, event: events.FormFieldSubmitted) -> None:
    rows.append(
        models.HistoricDetail,
        event,
        event.process_instance_id or event.task_id,
        name=event.field_id,
        time=event.time,
        execution_id=event.execution_id,
        task_id=event.task_id,
        activity_instance_id=event.activity_instance_id,
        # No type of a variable: whoever asks for updates of texts does not mean it.
        **{**value_columns(event.field_id, event.field_value), "type_name": ""},
    )
