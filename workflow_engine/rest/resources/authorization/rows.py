"""Authorizations as rows: what lists can ask for, and their JSON."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet

from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.rest import convert
from workflow_engine.rest.listing.parameters import Parameter, equals, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.services.authorization import ANY


def _of_users(user_ids: list[str], _: Any) -> Q | None:
    if not user_ids:
        return None
    model: Any = get_user_model()
    named = Q(user__in=model._default_manager.filter(**{f"{model.USERNAME_FIELD}__in": user_ids}))
    return named | Q(type=AuthorizationType.GLOBAL) if ANY in user_ids else named


def _of_groups(group_ids: list[str], _: Any) -> Q | None:
    return Q(group__in=Group.objects.filter(name__in=group_ids)) if group_ids else None


class AuthorizationQuery(ListQuery):
    parameters = {
        "id": row_id("id"),
        "type": equals("type", convert.integer),
        "userIdIn": Parameter(convert.text_list, _of_users),
        "groupIdIn": Parameter(convert.text_list, _of_groups),
        "resourceType": equals("resource_type", convert.integer),
        "resourceId": equals("resource_id"),
    }
    sortings = {"resourceType": "resource_type", "resourceId": "resource_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Authorization.objects.select_related("user", "group")


def authorization_json(row: Authorization) -> dict[str, Any]:
    is_global = row.type == AuthorizationType.GLOBAL
    return {
        "id": str(row.pk),
        "type": row.type,
        "permissions": row.permissions,
        "userId": ANY if is_global else row.user.get_username() if row.user else None,
        "groupId": row.group.name if row.group else None,
        "resourceType": row.resource_type,
        "resourceId": row.resource_id,
        # Only authorizations for single historic instances have these, and there are none.
        "removalTime": None,
        "rootProcessInstanceId": None,
    }
