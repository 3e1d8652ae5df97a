"""Camunda Forms of a deployment: .form files, JSON that gives itself an id."""

from __future__ import annotations

import json
from collections.abc import Mapping

from workflow_engine import models
from workflow_engine.engine.errors import BadInput

SUFFIX = ".form"
MAX_KEY = 255


def parse(resources: Mapping[str, bytes]) -> dict[str, str]:
    """The id of every form, by resource. A form without one is a file like any other, as in Camunda."""
    keys: dict[str, str] = {}
    for name, content in resources.items():
        key = _key(name, content) if name.endswith(SUFFIX) else None
        if key is None:
            continue
        if key in keys.values():
            raise BadInput(f"Cannot deploy: there are two forms with the id '{key}'.")
        keys[name] = key
    return keys


def _key(name: str, content: bytes) -> str | None:
    try:
        form = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"Cannot deploy: the form '{name}' is not JSON: {str(error)[:200]}.") from None
    if not isinstance(form, dict):
        raise BadInput(f"Cannot deploy: the form '{name}' is not a JSON object.")
    key = form.get("id")
    if key is None:
        return None
    if not isinstance(key, str) or not key or len(key) > MAX_KEY or "\0" in key:
        raise BadInput(f"Cannot deploy: the id of the form '{name}' is not a text of 1 to {MAX_KEY} characters.")
    return key


def store(keys: Mapping[str, str], deployment: models.Deployment, using: str) -> None:
    """Every form gets the next version of its id and tenant."""
    for resource_name, key in keys.items():
        known = models.CamundaFormDefinition.objects.using(using).of_key(key).filter(tenant_id=deployment.tenant_id)
        newest = known.values_list("version", flat=True).first()
        models.CamundaFormDefinition.objects.using(using).create(
            key=key,
            version=1 if newest is None else newest + 1,
            resource_name=resource_name,
            deployment=deployment,
            tenant_id=deployment.tenant_id,
        )
