"""What a form sends: checked against the model, made into variables, and then the task is completed or the process started."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from workflow_engine.bpmn.data import Form, FormProperty
from workflow_engine.engine import commands as c
from workflow_engine.engine import form_fields
from workflow_engine.engine.errors import BadInput, ModelError
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.state import UserTask
from workflow_engine.services import runtime
from workflow_engine.services.command import session
from workflow_engine.services.form.fields import as_field, check, to_model
from workflow_engine.services.form.places import AtStart, AtTask, Place, default_of
from workflow_engine.services.form.validators import accepts
from workflow_engine.services.task import change
from workflow_engine.services.who import name_of
from workflow_engine.store import database, definitions
from workflow_engine.store.retry import repeating

_ONE_NAME = re.compile(r"[#$]\{\s*([A-Za-z_]\w*)\s*\}")


def submit_task_form(task_id: str, variables: Mapping[str, Any], *, user: Any = None, using: str | None = None) -> None:
    """Completes the task; one that was delegated goes back to its owner instead."""
    alias = database.alias(using)

    def run() -> None:
        with session(alias, user=name_of(user)) as current:
            current.lock(c.CompleteTask(task_id=task_id))
            context = current.engine.context
            task = context.user_tasks.find(task_id)
            execution = None if task.execution_id is None else context.execution(task.execution_id)
            accepted = dict(variables) if execution is None else _of_process(variables, execution, task)
            if task.delegation_state != "PENDING":
                current.execute(c.CompleteTask(task_id=task_id, task_variables=accepted, form_fields=_texts(variables)))
                return
            if accepted:
                current.execute(c.SetVariables(execution_id=task.execution_id, task_id=task_id, variables=accepted))
            form_fields.tell(context, _texts(variables), execution, task)
            change(current, task, "Resolve", {"delegation_state": "RESOLVED", "assignee": task.owner})

    repeating(alias, run)


def _of_process(variables: Mapping[str, Any], execution: Execution, task: UserTask) -> dict[str, Any]:
    """The variables to set, as the form of the task's activity wants them."""
    activity = execution.definition.flow_nodes.get(task.task_definition_key or "")
    form = None if activity is None or activity.user_task is None else activity.user_task.form
    return _accepted(form, variables, AtTask(execution, task))


def submit_start_form(
    process_definition_id: str,
    variables: Mapping[str, Any],
    *,
    business_key: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> Any:
    """The new process instance."""
    alias = database.alias(using)
    form = definitions.get(process_definition_id, alias).start_form

    accepted = _accepted(form, variables, AtStart(name_of(user)))
    return runtime.start_process_instance(
        process_definition_id,
        business_key=business_key,
        variables=accepted,
        form_fields=_texts(variables),
        user=user,
        using=using,
    )


def _texts(submitted: Mapping[str, Any]) -> dict[str, str]:
    """As in Camunda: history keeps of a form what was sent as text."""
    return {name: value for name, value in submitted.items() if type(value) is str}


def _accepted(form: Form | None, submitted: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The variables to set. What the form does not know is set as it was sent."""
    left, accepted = dict(submitted), dict[str, Any]()
    for declared in form.properties if form is not None else ():
        _accept_property(declared, left, accepted, place)
    for field in form.fields if form is not None else ():
        was_sent, sent = field.id in left, left.pop(field.id, None)
        is_valid = partial(accepts, value=sent, field=field, submitted=submitted, place=place)
        check(sent, field, has_value=field.default is not None or place.has_value(field.id), is_valid=is_valid)
        if was_sent:
            # A business key is kept as it was sent.
            is_key = form is not None and field.id == form.business_key_field
            accepted[field.id] = sent if is_key else to_model(sent, field)
        elif field.default is not None:
            accepted[field.id] = to_model(default_of(field.default, place, accepted), field)
    return {**accepted, **left}


def _accept_property(declared: FormProperty, left: dict[str, Any], accepted: dict[str, Any], place: Place) -> None:
    was_sent, sent = declared.id in left, left.pop(declared.id, None)
    if was_sent and not declared.is_writable:
        raise BadInput(f"form property '{declared.id}' is not writable")
    if declared.is_required and not was_sent and declared.default is None:
        raise BadInput(f"form property '{declared.id}' is required")
    value = default_of(declared.default, place, accepted) if not was_sent and declared.default is not None else sent
    if value is not None:
        accepted[_variable_name(declared)] = value if declared.type is None else to_model(value, as_field(declared))


def _variable_name(declared: FormProperty) -> str:
    if declared.variable is not None or declared.expression is None:
        return declared.variable or declared.id
    match = _ONE_NAME.fullmatch(declared.expression.text)
    if match is None:
        raise ModelError(
            f"The expression '{declared.expression.text}' of form property '{declared.id}' is not the name of a variable."
        )
    return match.group(1)
