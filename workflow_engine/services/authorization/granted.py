"""What authorizations give somebody. They only add to Django's permissions: who has one of those keeps it.

The nearest authorization decides: the user's own before those of his groups, and these before those for everybody;
at the same distance a revocation is stronger than a grant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workflow_engine.models import Authorization, AuthorizationType, Filter, ProcessDefinition
from workflow_engine.services.authorization.resources import ANY, APP, Resource, django_permissions


@dataclass(slots=True)
class _Level:
    """Resource ids that one ring of authorizations grants and revokes."""

    granted: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)


class Grants:
    """All authorizations of one user, read in one statement."""

    def __init__(self, user: Any) -> None:
        person = _person(user)
        self._rows = [] if person is None else list(Authorization.objects.concerning(person))

    def everywhere(self, permission: str) -> bool:
        """Is it given for all there is, as the Django permission itself would?"""
        resources = {row.resource_type for row in self._rows} - {Resource.PROCESS_DEFINITION}
        return any(ANY in self._ids(resource, permission) for resource in resources)

    def definition_keys(self, permission: str) -> frozenset[str]:
        """The keys of process definitions that it is given for; "*" among them: for every one."""
        if self.everywhere(permission):
            return frozenset((ANY,))
        return self._ids(Resource.PROCESS_DEFINITION, permission)

    def filter_ids(self, permission: str) -> frozenset[str]:
        return self._ids(Resource.FILTER, permission)

    def _ids(self, resource: int, permission: str) -> frozenset[str]:
        levels = self._levels(resource, qualified(permission))
        named = set().union(*(level.granted | level.revoked for level in levels)) - {ANY}
        allowed = {one for one in named if _decide(levels, one)}
        if not _decide(levels, ANY):
            return frozenset(allowed)
        if allowed == named:
            return frozenset((ANY,))
        # All but some: only the list of what there is can say that.
        return frozenset(one for one in _known_ids(resource) if _decide(levels, one))

    def _levels(self, resource: int, permission: str) -> list[_Level]:
        levels = [_Level(), _Level(), _Level()]
        for row in self._rows:
            if row.resource_type != resource or not _gives(row, permission):
                continue
            level = levels[0 if row.user_id is not None else 1 if row.group_id is not None else 2]
            (level.revoked if row.type == AuthorizationType.REVOKE else level.granted).add(row.resource_id)
        return levels


def granted_definition_keys(user: Any, permission: str) -> frozenset[str]:
    """The keys of process definitions for which authorizations give this Django permission ("name" or "app.name").

    "*" stands for every definition. One statement; who asks for several permissions keeps a `Grants`.
    """
    return Grants(user).definition_keys(permission)


def is_granted(user: Any, permission: str) -> bool:
    """Do authorizations give this Django permission for all there is?"""
    return Grants(user).everywhere(permission)


def may(user: Any, permission: str) -> bool:
    """Django's permission, or the same by authorization."""
    return user.has_perm(qualified(permission)) or is_granted(user, permission)


def qualified(permission: str) -> str:
    return permission if "." in permission else f"{APP}.{permission}"


def _gives(row: Authorization, permission: str) -> bool:
    return any(permission in django_permissions(Resource(row.resource_type), name) for name in row.permissions)


def _decide(levels: Iterable[_Level], resource_id: str) -> bool:
    for level in levels:
        if not level.revoked.isdisjoint((resource_id, ANY)):
            return False
        if not level.granted.isdisjoint((resource_id, ANY)):
            return True
    return False


def _known_ids(resource: int) -> Iterable[str]:
    if resource == Resource.PROCESS_DEFINITION:
        return ProcessDefinition.objects.values_list("key", flat=True).distinct()
    return map(str, Filter.objects.values_list("pk", flat=True))


def _person(user: Any) -> Any:
    """The user behind a worker credential, or the user himself; None if no user stands behind it."""
    credential = getattr(user, "credential", None)
    person = credential.user if credential is not None else user
    return person if person is not None and person.is_authenticated else None
