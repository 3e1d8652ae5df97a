"""Tenants in list queries."""

from __future__ import annotations

from django.db.models import Q

from workflow_engine.rest import convert
from workflow_engine.rest.listing.parameters import Arguments, Parameter, flag, option


def tenants_or_none(include: str) -> dict[str, Parameter]:
    """tenantIdIn, withoutTenantId, and the flag that adds rows without a tenant to the former."""

    def condition(values: list[str], arguments: Arguments) -> Q | None:
        return Q(tenant_id__in=[*values, ""] if arguments.get(include) else values) if values else None

    return {
        "tenantIdIn": Parameter(convert.text_list, condition),
        "withoutTenantId": flag(Q(tenant_id="")),
        include: option(),
    }
