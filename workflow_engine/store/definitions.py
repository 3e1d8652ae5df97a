"""Compiled process definitions by id: read and parsed once per process, then shared by all threads. They never change.

Bounded; the least recently used go first. A definition that was deleted is forgotten by the process that deleted it; others may
hold it on, as no instance of it is left and every start asks its row.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from workflow_engine import conf, models
from workflow_engine.bpmn import ProcessDefinition, parse_bpmn
from workflow_engine.bpmn.data import CallBinding
from workflow_engine.bpmn.xml import UNLIMITED
from workflow_engine.engine.errors import DefinitionNotFound

_lock = threading.Lock()
_parsed: OrderedDict[tuple[str, str], Compiled] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A definition and the columns of its row that the engine asks for."""

    process: ProcessDefinition
    history_time_to_live: int | None


def get(process_definition_id: str, using: str) -> ProcessDefinition:
    return compiled(process_definition_id, using).process


def compiled(process_definition_id: str, using: str) -> Compiled:
    """DefinitionNotFound if there is none."""
    key = (using, process_definition_id)
    with _lock:
        found = _parsed.get(key)
        if found is not None:
            _parsed.move_to_end(key)
            return found
    # Outside the lock: two threads may parse the same file, but nobody waits for somebody else's.
    found = _load(process_definition_id, using)
    with _lock:
        found = _parsed.setdefault(key, found)
        while len(_parsed) > max(1, conf.current().definition_cache_size):
            _parsed.popitem(last=False)
    return found


def forget(process_definition_id: str, using: str) -> None:
    with _lock:
        _parsed.pop((using, process_definition_id), None)


def forget_all() -> None:
    with _lock:
        _parsed.clear()


def _load(process_definition_id: str, using: str) -> Compiled:
    row = models.ProcessDefinition.objects.using(using).filter(pk=process_definition_id).first()
    if row is None:
        raise DefinitionNotFound(f"No process definition found for id '{process_definition_id}'.")
    resource = models.Resource.objects.using(using).get(deployment_id=row.deployment_id, name=row.resource_name)
    processes = parse_bpmn(bytes(resource.content), row.resource_name, limits=UNLIMITED).processes
    process = next(process for process in processes if process.key == row.key)
    identify(process, row)
    return Compiled(process=process, history_time_to_live=row.history_time_to_live)


def identify(process: ProcessDefinition, row: models.ProcessDefinition) -> None:
    """Tells a parsed definition which row it is. The only attributes that the parser cannot know, so frozen or not."""
    identity = {
        "definition_id": row.pk,
        "version": row.version,
        "version_tag": row.version_tag,
        "deployment_id": str(row.deployment_id),
        "tenant_id": row.tenant_id,
        "resource_name": row.resource_name,
    }
    for name, value in identity.items():
        object.__setattr__(process, name, value)


def called_id(
    binding: CallBinding,
    key: str,
    *,
    caller: ProcessDefinition,
    version: Any,
    version_tag: Any,
    tenant_id: str,
    using: str,
) -> str:
    """The id of the definition that a call activity calls; DefinitionNotFound if there is none."""
    found = _bound(binding, key, caller, version, version_tag, models.ProcessDefinition.objects.using(using))
    # A tenant's process may call one that belongs to no tenant; its own comes first.
    tenants = [tenant_id, ""] if tenant_id else [""]
    by_tenant = {tenant: pk for pk, tenant in found.filter(tenant_id__in=tenants).values_list("pk", "tenant_id")}
    for tenant in tenants:
        if tenant in by_tenant:
            return by_tenant[tenant]
    detail = {"version": f" in version {version}", "versionTag": f" with version tag '{version_tag}'"}.get(
        binding.binding, ""
    )
    if binding.binding == "deployment":
        detail = f" in deployment '{caller.deployment_id}'"
    tenant = f" of tenant '{tenant_id}'" if tenant_id else ""
    raise DefinitionNotFound(f"No process definition deployed with key '{key}'{detail}{tenant}.")


def _bound(
    binding: CallBinding,
    key: str,
    caller: ProcessDefinition,
    version: Any,
    version_tag: Any,
    every: QuerySet[models.ProcessDefinition],
) -> QuerySet[models.ProcessDefinition]:
    """Oldest first, so that the newest of a tenant wins."""
    found = every.filter(key=key).order_by("version")
    if binding.binding == "deployment":
        return found.filter(deployment_id=caller.deployment_id or "")
    if binding.binding == "version":
        try:
            return found.filter(version=int(version))
        except (TypeError, ValueError):
            raise DefinitionNotFound(
                f"Cannot call process '{key}': its version is {version!r} instead of a number."
            ) from None
    if binding.binding == "versionTag":
        return found.filter(version_tag=version_tag)
    return found
