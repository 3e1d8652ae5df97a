"""Tenants and who belongs to them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from workflow_engine.engine.errors import BadInput
from workflow_engine.models import Tenant
from workflow_engine.services.errors import AlreadyExists
from workflow_engine.services.identity.log import log
from workflow_engine.services.identity.rights import Rights, check_has
from workflow_engine.store import database

ENTITY, MEMBERSHIP = "Tenant", "TenantMembership"


def find(tenant_id: str) -> Tenant | None:
    return Tenant.objects.filter(pk=tenant_id).first()


def create(tenant_id: str, name: str | None, *, user: Any = None) -> Tenant:
    check_id(tenant_id)
    try:
        with transaction.atomic(using=database.alias()):
            tenant = Tenant.objects.create(pk=tenant_id, name=name)
            log("Create", ENTITY, user, tenantId=tenant_id)
    except IntegrityError:
        raise AlreadyExists("The tenant already exists") from None
    return tenant


def change(tenant: Tenant, name: str | None, *, user: Any = None) -> None:
    tenant.name = name
    with transaction.atomic(using=database.alias()):
        tenant.save(update_fields=["name"])
        log("Update", ENTITY, user, tenantId=tenant.pk)


def delete(tenant: Tenant, *, user: Any = None) -> None:
    """What belongs to the tenant stays, and nobody's any more; only who sees all tenants sees it."""
    tenant_id = tenant.pk
    with transaction.atomic(using=database.alias()):
        tenant.delete()
        log("Delete", ENTITY, user, tenantId=tenant_id)


def add_user(tenant: Tenant, member: Any, *, user: Any = None) -> None:
    """Being a member already is no mistake."""
    check_belongs(user, tenant)
    with transaction.atomic(using=database.alias()):
        tenant.users.add(member)
        log("Create", MEMBERSHIP, user, tenantId=tenant.pk, userId=member.get_username())


def remove_user(tenant: Tenant, member: Any, *, user: Any = None) -> None:
    with transaction.atomic(using=database.alias()):
        tenant.users.remove(member)
        log("Delete", MEMBERSHIP, user, tenantId=tenant.pk, userId=member.get_username())


def add_group(tenant: Tenant, group: Group, *, user: Any = None) -> None:
    check_belongs(user, tenant)
    with transaction.atomic(using=database.alias()):
        tenant.groups.add(group)
        log("Create", MEMBERSHIP, user, tenantId=tenant.pk, groupId=group.name)


def remove_group(tenant: Tenant, group: Group, *, user: Any = None) -> None:
    with transaction.atomic(using=database.alias()):
        tenant.groups.remove(group)
        log("Delete", MEMBERSHIP, user, tenantId=tenant.pk, groupId=group.name)


def check_id(tenant_id: str) -> None:
    if not tenant_id.isprintable() or tenant_id != tenant_id.strip():
        raise BadInput("The id of a tenant is printable and has no space at its ends.")


def check_belongs(actor: Any, tenant: Tenant) -> None:
    """Who does not see all tenants lets others into his own ones only."""
    check_has(actor, Rights(tenants=frozenset((tenant.pk,))), f"Cannot add members to tenant '{tenant.pk}'")
