"""Filters: saved queries. Their owner may do anything with them; others need Django's permission or an authorization."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from workflow_engine.engine.errors import BadInput
from workflow_engine.models import Authorization, Filter
from workflow_engine.services import operation_log
from workflow_engine.services.authorization import ANY, Grants, Resource, qualified
from workflow_engine.services.identity import users
from workflow_engine.services.identity.log import log
from workflow_engine.store import database

ENTITY = "Filter"


def permitted(user: Any, permission: str) -> Q:
    """The filters with which a user may do this, as a condition on them."""
    if user.has_perm(qualified(permission)):
        return Q()
    ids = Grants(user).filter_ids(permission)
    if ANY in ids:
        return Q()
    return Q(pk__in=[one for one in ids if one != ANY]) | Q(owner__pk=_pk(user))


def create(
    *, resource_type: str, name: str, owner: str | None, query: Any, properties: Any, user: Any = None
) -> Filter:
    row = Filter(resource_type=resource_type)
    return _save(row, "Create", name=name, owner=owner, query=query, properties=properties, user=user)


def change(row: Filter, *, name: str, owner: str | None, query: Any, properties: Any, user: Any = None) -> Filter:
    return _save(row, "Update", name=name, owner=owner, query=query, properties=properties, user=user)


def delete(row: Filter, *, user: Any = None) -> None:
    filter_id = str(row.pk)
    with transaction.atomic(using=database.alias()):
        Authorization.objects.filter(resource_type=Resource.FILTER, resource_id=filter_id).delete()
        row.delete()
        log("Delete", ENTITY, user, category=operation_log.TASK_WORKER, filterId=filter_id)


def _save(
    row: Filter, operation: str, *, name: str, owner: str | None, query: Any, properties: Any, user: Any
) -> Filter:
    row.owner = None if owner is None else users.find(owner)
    if owner is not None and row.owner is None:
        raise BadInput(f"The owner of a filter must be a user: there is none with the id '{owner}'.")
    row.name, row.query, row.properties = name, query, properties
    with transaction.atomic(using=database.alias()):
        row.save()
        log(operation, ENTITY, user, category=operation_log.TASK_WORKER, filterId=str(row.pk))
    return row


def _pk(user: Any) -> Any:
    """The key of the user himself; that of a worker credential is none."""
    credential = getattr(user, "credential", None)
    return user.pk if credential is None else credential.user_id
