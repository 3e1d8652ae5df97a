"""The process definitions for which somebody has a permission that he has not for all: by an authorization, or from an
authentication backend that knows objects (`user.has_perm(permission, process_definition)`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef, Q

from workflow_engine.models import ProcessDefinition
from workflow_engine.services.authorization import ANY, granted_definition_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Definitions of these keys in every version, and single versions by their ids."""

    keys: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.keys or self.ids)

    def __and__(self, other: Granted) -> Granted:
        # A version that one side names and the other has by its key is in both.
        ids = {one for one in self.ids if other.holds_for(one)} | {one for one in other.ids if self.holds_for(one)}
        return Granted(keys=self.keys & other.keys, ids=frozenset(ids))

    def holds_for(self, process_definition_id: str | None) -> bool:
        if process_definition_id is None:
            return False
        return process_definition_id in self.ids or process_definition_id.rsplit(":", 2)[0] in self.keys

    def condition(self, key: str, pk: str) -> Q:
        """On the columns that hold a definition's key and id."""
        return Q(**{f"{key}__in": sorted(self.keys)}) | Q(**{f"{pk}__in": sorted(self.ids)})

    def whole_deployments(self, pk: str) -> Q:
        """Deployments that have definitions, and none but these."""
        definitions = ProcessDefinition.objects.filter(deployment_id=OuterRef(pk))
        return Q(Exists(definitions)) & ~Q(Exists(definitions.exclude(self.condition("key", "pk"))))


def granted_to(user: Any, permission: str) -> Granted | None:
    """`permission` with its application: "workflow_engine.start_process". None: it is given for every definition."""
    keys = granted_definition_keys(user, permission)
    if ANY in keys:
        return None
    return Granted(keys=keys, ids=_from_backends(user, permission, keys))


def _from_backends(user: Any, permission: str, known: frozenset[str]) -> frozenset[str]:
    """Django's own backend never says yes to an object, so it is not asked for each definition."""
    if all(type(backend).has_perm is ModelBackend.has_perm for backend in get_backends()):
        return frozenset()
    rows = ProcessDefinition.objects.exclude(key__in=sorted(known))
    return frozenset(row.pk for row in rows if user.has_perm(permission, row))
