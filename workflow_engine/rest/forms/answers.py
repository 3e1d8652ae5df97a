"""The answers about forms, the same for user tasks and start events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from workflow_engine.rest.answers import page_answer
from workflow_engine.rest.forms.rendering import rendered_form
from workflow_engine.rest.variables.presented import presented, presented_variables
from workflow_engine.services.form import DeployedForm, FieldData, FormKeys

XHTML = "application/xhtml+xml"
# A field without a value is shown with the type that it would have.
_TYPES = {"string": "String", "long": "Long", "boolean": "Boolean", "date": "String", "enum": "String"}


def form_json(keys: FormKeys, address: str) -> dict[str, Any]:
    """A form that has fields and no key is the generated one, below `address`."""
    key = keys.key
    if not key and keys.has_fields:
        key = f"embedded:engine://engine/:engine/{address}/rendered-form"
    return {"key": key, "camundaFormRef": form_ref_json(keys), "contextPath": None}


def form_ref_json(keys: FormKeys) -> dict[str, Any] | None:
    if keys.ref is None:
        return None
    return {"key": keys.ref, "binding": keys.ref_binding, "version": keys.ref_version}


def form_variables(
    fields: list[FieldData], others: Mapping[str, Any], names: list[str] | None, *, deserialize: bool
) -> dict[str, Any]:
    """The fields of the form, and the other variables that there are."""
    shown = {data.field.id: _field_value(data, deserialize) for data in fields if not data.is_property}
    shown |= presented_variables(
        {name: value for name, value in others.items() if name not in shown}, deserialize=deserialize
    )
    return shown if names is None else {name: value for name, value in shown.items() if name in names}


def _field_value(data: FieldData, deserialize: bool) -> dict[str, Any]:
    if data.value is None:
        return {"type": _TYPES[data.field.type], "value": None, "valueInfo": {}}
    return presented(data.value, deserialize=deserialize)


def rendered_answer(fields: list[FieldData]) -> HttpResponse:
    return page_answer(rendered_form(fields).encode(), XHTML)


def deployed_answer(form: DeployedForm) -> HttpResponse:
    return page_answer(form.content, "application/json" if form.is_camunda_form else XHTML)
