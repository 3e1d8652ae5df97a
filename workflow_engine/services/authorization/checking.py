"""What the engine would say if somebody tried: the answer to /authorization/check."""

from __future__ import annotations

from typing import Any

from workflow_engine.models import Filter, HistoricProcessInstance, HistoricTaskInstance, ProcessInstance, UserTask
from workflow_engine.services import filters
from workflow_engine.services.authorization.resources import ANY, Resource, django_permissions, permissions_of
from workflow_engine.services.granted import granted_to
from workflow_engine.services.visibility import may_name_tenant

# Rows that belong to a process definition: what is given for that one is given for them.
_BELONGING: dict[Resource, Any] = {
    Resource.TASK: UserTask,
    Resource.PROCESS_INSTANCE: ProcessInstance,
    Resource.HISTORIC_TASK: HistoricTaskInstance,
    Resource.HISTORIC_PROCESS_INSTANCE: HistoricProcessInstance,
}


def is_authorized(user: Any, resource: Resource, name: str, resource_id: str | None = None) -> bool:
    """Everything that the permission stands for must be allowed; without an id: for all there is of the resource."""
    if permissions_of(resource) is None:
        return False
    wanted = django_permissions(resource, name)
    return all(_may(user, resource, permission, resource_id or ANY) for permission in wanted)


def _may(user: Any, resource: Resource, permission: str, resource_id: str) -> bool:
    if resource is Resource.FILTER and resource_id != ANY:
        return Filter.objects.by_id(resource_id).filter(filters.permitted(user, permission)).exists()
    granted = None if user.has_perm(permission) else granted_to(user, permission)
    if resource in _BELONGING and resource_id != ANY:
        row = _BELONGING[resource].objects.by_id(resource_id).first()
        if row is None or not may_name_tenant(user, row.tenant_id):
            return False
        return granted is None or granted.holds_for(row.process_definition_id)
    if granted is None:
        return True
    if resource is not Resource.PROCESS_DEFINITION:
        return False
    return resource_id in granted.keys or resource_id in granted.ids
