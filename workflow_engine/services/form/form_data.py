"""The fields of a form, with labels, default values and what the variables hold now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workflow_engine import models
from workflow_engine.bpmn.data import Form, FormField
from workflow_engine.engine.errors import ModelError
from workflow_engine.expressions import Expression, ExpressionError, VariablesContext
from workflow_engine.services.form.fields import FieldData, as_field, to_form, to_model
from workflow_engine.services.form.keys import task_form
from workflow_engine.store import database, definitions


def task_fields(task: models.UserTask, variables: Mapping[str, Any]) -> list[FieldData]:
    """`variables`: those that the task sees."""
    return _fields(task_form(task, task._state.db or database.alias()), variables)


def start_fields(process_definition_id: str, *, using: str | None = None) -> list[FieldData]:
    return _fields(definitions.get(process_definition_id, database.alias(using)).start_form, {})


def _fields(form: Form | None, variables: Mapping[str, Any]) -> list[FieldData]:
    if form is None:
        return []
    return [
        *(_field(field, variables, is_business_key=field.id == form.business_key_field) for field in form.fields),
        *(_field(as_field(old), variables, label=old.name, is_property=True) for old in form.properties),
    ]


def _field(
    field: FormField,
    variables: Mapping[str, Any],
    *,
    label: str | None = None,
    is_business_key: bool = False,
    is_property: bool = False,
) -> FieldData:
    label = label if field.label is None else _value(field.label, variables, field)
    default = None if field.default is None else to_model(_value(field.default, variables, field), field)
    value = variables[field.id] if variables.get(field.id) is not None else default
    return FieldData(
        field=field,
        label=None if label is None else str(label),
        default=to_form(default, field),
        value=to_form(value, field),
        is_business_key=is_business_key,
        is_property=is_property,
    )


def _value(expression: Expression, variables: Mapping[str, Any], field: FormField) -> Any:
    if expression.is_literal:
        return expression.text
    try:
        return expression.evaluate(VariablesContext(variables, now=lambda: datetime.now(UTC)))
    except ExpressionError as error:
        raise ModelError(f"Form field '{field.id}' cannot be shown: {error}") from error
