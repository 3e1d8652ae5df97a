"""Which tenants somebody belongs to. Who sees what follows from these answers; nothing here filters anything."""

from __future__ import annotations

from typing import Any

from workflow_engine.models import Tenant

SEE_ALL = "workflow_engine.see_all_tenants"


def tenants_of(user: Any) -> frozenset[str]:
    """The ids of the user's tenants, his own and those of his groups: one statement.

    A worker credential that is bound to tenants belongs to these; an unbound one to its user's tenants, if it has a user.
    """
    credential = getattr(user, "credential", None)
    if credential is not None:
        if credential.tenant_ids:
            return frozenset(credential.tenant_ids)
        user = credential.user
    if user is None or not user.is_authenticated:
        return frozenset()
    return frozenset(Tenant.objects.of_user(user).values_list("pk", flat=True))


def sees_all_tenants(user: Any) -> bool:
    """A superuser does, and who has the permission; never a worker credential that is bound to tenants."""
    credential = getattr(user, "credential", None)
    return not (credential is not None and credential.tenant_ids) and bool(user.has_perm(SEE_ALL))
