"""Which form a task or a start has: a key, or a reference to a deployed Camunda Form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workflow_engine import models
from workflow_engine.bpmn.data import Form
from workflow_engine.expressions import Expression, ExpressionError, VariablesContext
from workflow_engine.store import database, definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKeys:
    """At most one of `key` and `ref` is set. A version that is no number stays unknown."""

    key: str | None = None
    ref: str | None = None
    ref_binding: str | None = None
    ref_version: int | None = None
    has_fields: bool = False  # camunda:formData, of which a form can be made


def task_form(task: models.UserTask, using: str) -> Form | None:
    if task.process_definition_id is None or task.task_definition_key is None:
        return None
    activity = definitions.get(task.process_definition_id, using).flow_nodes.get(task.task_definition_key)
    return None if activity is None or activity.user_task is None else activity.user_task.form


def task_form_keys(task: models.UserTask) -> FormKeys:
    """Expressions see the variables of the process instance. Most forms have none, and then nothing is read."""
    using = task._state.db or database.alias()
    form, held = task_form(task, using), dict[str, Any]()

    def text(expression: Expression) -> str | None:
        if expression.is_literal:
            return expression.text
        if not held:
            held.update(_variables(task, using))
        return evaluated(expression, held)

    return FormKeys() if form is None else _keys(form, text)


def start_form_keys(process_definition_id: str, *, using: str | None = None) -> FormKeys:
    """There are no variables yet, so expressions are shown as they are."""
    form = definitions.get(process_definition_id, database.alias(using)).start_form
    return FormKeys() if form is None else _keys(form, lambda expression: expression.text)


def _keys(form: Form, text: Callable[[Expression], str | None]) -> FormKeys:
    if form.ref is None:
        return FormKeys(key=None if form.key is None else text(form.key), has_fields=bool(form.fields))
    version = None if form.ref_version is None else text(form.ref_version)
    is_number = version is not None and version.isdecimal() and len(version) < 10
    return FormKeys(
        ref=text(form.ref),
        ref_binding=form.ref_binding,
        ref_version=int(version) if version is not None and is_number else None,
        has_fields=bool(form.fields),
    )


def _variables(task: models.UserTask, using: str) -> Mapping[str, Any]:
    rows = models.Variable.objects.using(using).of_execution(str(task.process_instance_id))
    return {row.name: row.value for row in rows}


def evaluated(expression: Expression, variables: Mapping[str, Any]) -> str | None:
    try:
        value = expression.evaluate(VariablesContext(variables, now=lambda: datetime.now(UTC)))
    except ExpressionError:
        return expression.text  # shown in a list: better the expression than no list
    return None if value is None else str(value)
