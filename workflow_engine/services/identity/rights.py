"""What somebody must have himself before he may hand it on, or take over an account that has it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from workflow_engine.models import Authorization, AuthorizationType, Tenant
from workflow_engine.services.authorization import ANY, Grants, Resource, django_permissions
from workflow_engine.services.tenants import sees_all_tenants, tenants_of
from workflow_engine.services.who import name_of

_PERMISSION_CACHES = ("_perm_cache", "_user_perm_cache", "_group_perm_cache")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """All that a user or a group has been given."""

    permissions: frozenset[str] = frozenset()
    authorizations: tuple[Authorization, ...] = ()
    tenants: frozenset[str] = frozenset()
    is_superuser: bool = False
    is_staff: bool = False


def rights_of_user(user: Any) -> Rights:
    # As if he were active: Django says that others have no permissions, and they get them back with one click.
    active = copy.copy(user)
    active.__dict__ = {name: value for name, value in user.__dict__.items() if name not in _PERMISSION_CACHES}
    active.is_active = True
    given = getattr(active, "get_all_permissions", None)
    return Rights(
        permissions=frozenset(given() if given else ()),
        authorizations=tuple(Authorization.objects.concerning(user).exclude(type=AuthorizationType.GLOBAL)),
        tenants=tenants_of(user),
        is_superuser=bool(getattr(user, "is_superuser", False)),
        is_staff=bool(getattr(user, "is_staff", False)),
    )


def rights_of_group(group: Group) -> Rights:
    names = group.permissions.values_list("content_type__app_label", "codename")
    return Rights(
        permissions=frozenset(f"{app}.{codename}" for app, codename in names),
        authorizations=tuple(Authorization.objects.filter(group=group)),
        tenants=frozenset(Tenant.objects.filter(groups=group).values_list("pk", flat=True)),
    )


def check_has(actor: Any, rights: Rights, refused: str) -> None:
    """PermissionDenied if these rights hold something that the actor has not. `refused` begins the sentence."""
    reason = lacking(actor, rights)
    if reason is not None:
        raise PermissionDenied(f"{refused}: {reason}.")


def lacking(actor: Any, rights: Rights) -> str | None:
    """Why the actor has less than these rights; None if he has them all, or if it is the site itself that acts."""
    if not hasattr(actor, "has_perm"):
        return None
    person = _person(actor)
    if getattr(person, "is_superuser", False):
        return None
    name = f"user '{name_of(actor)}'"
    if rights.is_superuser:
        return f"{name} is no superuser"
    if rights.is_staff and not getattr(person, "is_staff", False):
        return f"{name} is not of the site's staff"
    for permission in sorted(rights.permissions):
        if not actor.has_perm(permission):
            return f"{name} has not the permission '{permission}'"
    grants = Grants(actor)
    for row in rights.authorizations:
        missing = lacking_for(actor, grants, Resource(row.resource_type), row.resource_id, row.permissions)
        if missing is not None:
            return missing
    if rights.tenants and not sees_all_tenants(actor) and (foreign := rights.tenants - tenants_of(actor)):
        return f"{name} does not belong to tenant '{min(foreign)}'"
    return None


def lacking_for(actor: Any, grants: Grants, resource: Resource, resource_id: str, names: Iterable[str]) -> str | None:
    """The same for Camunda's permissions on one resource."""
    for permission in sorted(frozenset().union(*(django_permissions(resource, name) for name in names))):
        if actor.has_perm(permission) or grants.everywhere(permission):
            continue
        held: frozenset[str] = frozenset()
        if resource is Resource.PROCESS_DEFINITION:
            held = grants.definition_keys(permission)
        elif resource is Resource.FILTER:
            held = grants.filter_ids(permission)
        if held.isdisjoint((ANY, resource_id)):
            return f"user '{name_of(actor)}' has not the permission '{permission}' on {resource.name} '{resource_id}'"
    return None


def _person(actor: Any) -> Any:
    """The user himself, also where he comes as a worker credential."""
    credential = getattr(actor, "credential", None)
    return actor if credential is None else credential.user
