"""Who has a permission on a process definition, as a condition on the site's users."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q

from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.services.authorization.granted import qualified
from workflow_engine.services.authorization.resources import ANY, Resource, django_permissions


def holders(permission: str, definition_key: str) -> Q:
    """Active users who have it by Django's own permissions, or by authorization: the nearest one decides."""
    allowed = _by_django(qualified(permission)) | _by_authorization(qualified(permission), definition_key)
    return allowed & Q(is_active=True) if _has("is_active") else allowed


def _by_django(permission: str) -> Q:
    app, codename = permission.split(".", 1)
    row = Permission.objects.filter(content_type__app_label=app, codename=codename)
    total = Q(pk__in=())
    if _has("is_superuser"):
        total |= Q(is_superuser=True)
    if _has("user_permissions"):
        total |= Q(user_permissions__in=row)
    if _has("groups"):
        total |= Q(groups__in=Group.objects.filter(permissions__in=row))
    return total


def _by_authorization(permission: str, definition_key: str) -> Q:
    rows = [row for row in Authorization.objects.all() if _concerns(row, permission, definition_key)]

    def named(column: str, *types: AuthorizationType) -> set[Any]:
        return {getattr(row, column) for row in rows if row.type in types} - {None}

    grant, revoke = AuthorizationType.GRANT, AuthorizationType.REVOKE
    own, own_any = (
        Q(pk__in=named("user_id", grant) - named("user_id", revoke)),
        Q(pk__in=named("user_id", grant, revoke)),
    )
    everybody = any(row.type == AuthorizationType.GLOBAL for row in rows)
    wider = ~Q(pk__in=()) if everybody else Q(pk__in=())
    if _has("groups"):
        granted, revoked = _members(named("group_id", grant)), _members(named("group_id", revoke))
        wider = ~revoked & (granted | wider)
    return own | (~own_any & wider)


def _concerns(row: Authorization, permission: str, definition_key: str) -> bool:
    resource = Resource(row.resource_type)
    if row.resource_id != ANY and (resource is not Resource.PROCESS_DEFINITION or row.resource_id != definition_key):
        return False
    return any(permission in django_permissions(resource, name) for name in row.permissions)


def _members(group_ids: set[Any]) -> Q:
    users = get_user_model()._default_manager.filter(groups__in=group_ids) if group_ids else None
    return Q(pk__in=()) if users is None else Q(pk__in=users.values("pk"))


def _has(name: str) -> bool:
    try:
        get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
