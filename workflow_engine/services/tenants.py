"""Which tenants somebody belongs to. Who sees what follows from these answers; nothing here filters anything."""

from __future__ import annotations

import time
from typing import Any

from workflow_engine.models import Deployment, Tenant
from workflow_engine.store import database

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


_REMEMBERED_SECONDS = 10.0
_seen: dict[str, tuple[bool, float]] = {}


def are_in_use(using: str | None = None) -> bool:
    """Whether anything was deployed for a tenant. Remembered for a while: a hint for those who want to save work, no decision."""
    alias = database.alias(using)
    known, until = _seen.get(alias, (False, 0.0))
    if not known and time.monotonic() >= until:
        known = Deployment.objects.using(alias).exclude(tenant_id="").exists()
        _seen[alias] = known, time.monotonic() + _REMEMBERED_SECONDS
    return known
