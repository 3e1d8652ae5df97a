"""Forms that came with a deployment: by the name of the file, or a Camunda Form by its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_engine import models
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.services.form.keys import FormKeys, start_form_keys, task_form_keys
from workflow_engine.store import database

_KINDS = ("embedded:", "camunda-forms:")
_DEPLOYMENT = "deployment:"
_NO_FORM = "One of the attributes 'formKey' and 'camunda:formRef' must be supplied but none were set."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedForm:
    content: bytes
    is_camunda_form: bool


def deployed_task_form(task: models.UserTask) -> DeployedForm:
    using = task._state.db or database.alias()
    if task.process_definition_id is None:
        raise BadInput(_NO_FORM)
    definition = models.ProcessDefinition.objects.using(using).get(pk=task.process_definition_id)
    return _deployed(task_form_keys(task), definition, using)


def deployed_start_form(definition: models.ProcessDefinition) -> DeployedForm:
    using = definition._state.db or database.alias()
    return _deployed(start_form_keys(definition.pk, using=using), definition, using)


def _deployed(keys: FormKeys, definition: models.ProcessDefinition, using: str) -> DeployedForm:
    if keys.key is not None:
        name = _resource_name(keys.key)
        content = _content(name, definition.deployment_id, using)
        # Modeler's forms are JSON whatever their key begins with; everything else is a page.
        return DeployedForm(content=content, is_camunda_form=name.endswith(".form"))
    if keys.ref is None:
        raise BadInput(_NO_FORM)
    form = _referenced(keys, definition, using)
    return DeployedForm(content=_content(form.resource_name, form.deployment_id, using), is_camunda_form=True)


def _resource_name(key: str) -> str:
    rest = next((key.removeprefix(kind) for kind in _KINDS if key.startswith(kind)), key)
    if not rest.startswith(_DEPLOYMENT):
        raise BadInput(f"The form key '{key}' does not reference a deployed form.")
    return rest.removeprefix(_DEPLOYMENT)


def _content(name: str, deployment_id: Any, using: str) -> bytes:
    row = models.Resource.objects.using(using).filter(deployment_id=deployment_id, name=name).first()
    if row is None:
        raise NotFound(
            f"The form with the resource name '{name}' cannot be found in deployment with id {deployment_id}"
        )
    return bytes(row.content)


def _referenced(keys: FormKeys, definition: models.ProcessDefinition, using: str) -> models.CamundaFormDefinition:
    """A form of the definition's own tenant comes before one of no tenant."""
    rows = models.CamundaFormDefinition.objects.using(using).of_key(keys.ref or "")
    if keys.ref_binding == "deployment":
        rows = rows.filter(deployment_id=definition.deployment_id)
    elif keys.ref_binding == "version":
        rows = rows.filter(version=keys.ref_version) if keys.ref_version is not None else rows.none()
    for tenant_id in dict.fromkeys((definition.tenant_id, "")):
        form: models.CamundaFormDefinition | None = rows.filter(tenant_id=tenant_id).first()
        if form is not None:
            return form
    version = "" if keys.ref_version is None else f" and version {keys.ref_version}"
    raise NotFound(
        f"No Camunda Form Definition was found for the key '{keys.ref}' with the binding '{keys.ref_binding}'{version}."
    )
