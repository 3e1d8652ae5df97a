"""Making, changing and deleting authorizations. Nobody hands on what he has not himself, nor takes back a revocation of it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from workflow_engine.engine.errors import BadInput
from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.services.authorization.granted import Grants
from workflow_engine.services.authorization.resources import (
    ALL,
    ANY,
    NONE,
    WITH_RESOURCE_IDS,
    Resource,
    permissions_of,
)
from workflow_engine.services.errors import AlreadyExists
from workflow_engine.services.identity import groups, users
from workflow_engine.services.identity.log import log
from workflow_engine.services.identity.rights import lacking_for
from workflow_engine.store import database

ENTITY = "Authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An authorization in Camunda's words; `user_id` "*" is everybody."""

    type: int
    user_id: str | None
    group_id: str | None
    resource_type: int
    resource_id: str
    permissions: Sequence[str]


def create(wanted: Wanted, *, user: Any = None) -> Authorization:
    row = Authorization(type=_type(wanted.type))
    _fill(row, wanted, user)
    _save(row, "Create", user)
    return row


def change(row: Authorization, wanted: Wanted, *, user: Any = None) -> None:
    """Everything but its type, which stays."""
    _fill(row, wanted, user)
    _save(row, "Update", user)


def check(row: Authorization | None, wanted: Wanted, *, user: Any = None) -> None:
    """Refuses what creating (None) or changing would refuse, and stores nothing."""
    _fill(Authorization(type=_type(wanted.type)) if row is None else copy.copy(row), wanted, user)


def delete(row: Authorization, *, user: Any = None) -> None:
    _check_has(user, row, taken_back=True)
    with transaction.atomic(using=database.alias()):
        _log("Delete", row, user)
        row.delete()


def resource_of(number: int) -> Resource:
    try:
        return Resource(number)
    except ValueError:
        raise BadInput(f"There is no resource type {number}: it is a number from 0 to {max(Resource)}.") from None


def _type(number: int) -> AuthorizationType:
    try:
        return AuthorizationType(number)
    except ValueError:
        raise BadInput(f"Unrecognized authorization type '{number}'. Must be one of ['0', '1', '2']") from None


def _fill(row: Authorization, wanted: Wanted, actor: Any) -> None:
    if not row._state.adding:
        _check_has(actor, row, taken_back=True)
    resource = resource_of(wanted.resource_type)
    row.permissions = _names(resource, wanted.permissions)
    if wanted.resource_id != ANY and resource not in WITH_RESOURCE_IDS:
        raise BadInput(
            f"Authorizations for one {resource.name} are not enforced by this engine: the resource id must be '*', not"
            f" '{wanted.resource_id}'. One PROCESS_DEFINITION can be named by its key, one FILTER by its id."
        )
    row.resource_type, row.resource_id = resource, wanted.resource_id
    _fill_whom(row, wanted)
    same = {"type": row.type, "resource_type": row.resource_type, "resource_id": row.resource_id}
    if Authorization.objects.filter(**same, user=row.user, group=row.group).exclude(pk=row.pk).exists():
        raise _taken(row)
    _check_has(actor, row)


def _names(resource: Resource, names: Sequence[str]) -> list[str]:
    known = permissions_of(resource)
    if known is None:
        raise BadInput(f"There is no {resource.name} in this engine: an authorization for it would protect nothing.")
    for name in names:
        if name not in known and name not in (ALL, NONE):
            raise BadInput(
                f"The permission '{name}' is not valid for '{resource.name}' resource type: it is one of"
                f" {', '.join(sorted(known))}, ALL or NONE."
            )
    return [ALL] if ALL in names else [name for name in known if name in names]


def _fill_whom(row: Authorization, wanted: Wanted) -> None:
    if bool(wanted.user_id) == bool(wanted.group_id):
        raise BadInput("Authorization must either have a 'userId' or a 'groupId'.")
    row.user = row.group = None
    if row.type == AuthorizationType.GLOBAL:
        if wanted.group_id:
            raise BadInput("Cannot use 'groupId' for GLOBAL authorization")
        if wanted.user_id != ANY:
            raise BadInput(f"Illegal value '{wanted.user_id}' for userId for GLOBAL authorization. Must be '*'")
    elif wanted.user_id == ANY:
        raise BadInput("An authorization for everybody (userId '*') is a global one: its type must be 0.")
    elif wanted.user_id:
        row.user = users.find(wanted.user_id)
        if row.user is None:
            raise BadInput(f"No user found with id '{wanted.user_id}'.")
    else:
        row.group = groups.find(str(wanted.group_id))
        if row.group is None:
            raise BadInput(f"No group found with id '{wanted.group_id}'.")


def _check_has(actor: Any, row: Authorization, *, taken_back: bool = False) -> None:
    """A grant is checked when it is given, a revocation when it is taken back."""
    if (row.type == AuthorizationType.REVOKE) != taken_back or not hasattr(actor, "has_perm"):
        return
    reason = lacking_for(actor, Grants(actor), Resource(row.resource_type), row.resource_id, row.permissions)
    if reason is not None:
        raise PermissionDenied(f"Cannot {'take back' if taken_back else 'give'} this authorization: {reason}.")


def _save(row: Authorization, operation: str, user: Any) -> None:
    try:
        with transaction.atomic(using=database.alias()):
            row.save()
            _log(operation, row, user)
    except IntegrityError:
        raise _taken(row) from None


def _taken(row: Authorization) -> AlreadyExists:
    return AlreadyExists(
        f"There is an authorization of this type for the same user or group on {Resource(row.resource_type).name}"
        f" '{row.resource_id}' already: change that one."
    )


def _log(operation: str, row: Authorization, user: Any) -> None:
    log(
        operation, ENTITY, user,
        permissions=",".join(row.permissions) or NONE, type=int(row.type),
        resource=Resource(row.resource_type).name, resourceId=row.resource_id,
        userId=row.user.get_username() if row.user else ANY if row.group is None else None,
        groupId=row.group.name if row.group else None,
    )  # fmt: skip
