"""What the resources about people share: links of OPTIONS, and what everybody may do with himself."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from rest_framework.request import Request

from workflow_engine.rest.addresses import link
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.visibility import granted
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services.identity import groups, tenants, users


class Link(NamedTuple):
    """One thing that can be done, shown to those who may; `path` names parts of the address: "user/{user_id}/profile"."""

    method: str
    rel: str
    path: str
    permission: str | None = None


class LinkedView(EngineView):
    """OPTIONS answers with links, as Camunda's does."""

    links: ClassVar[tuple[Link, ...]] = ()

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        names = {name: quote(str(value), safe="") for name, value in kwargs.items()}
        shown = [
            link(request._request, one.path.format(**names), rel=one.rel, method=one.method)
            for one in self.links
            if one.permission is None or granted(request.user, one.permission) is None
        ]
        answer = json_answer({"links": shown})
        answer["Allow"] = ", ".join(self.allowed_methods)
        return answer


class OwnView(LinkedView):
    """Something of one user. `own` names the methods that everybody may use on himself, without a permission.

    A worker's token is not the user himself: it must not become his password or his address.
    """

    own: ClassVar[frozenset[str]] = frozenset()

    def check_permissions(self, request: Request) -> None:
        if request.method in self.own and self.is_own(str(self.kwargs.get("user_id"))):
            self.permissions = {}  # type: ignore[misc]
        super().check_permissions(request)

    def is_own(self, user_id: str) -> bool:
        user = self.request.user
        return user.is_authenticated and not isinstance(user, WorkerPrincipal) and user.get_username() == user_id


def find_user(user_id: str) -> Any:
    return _found(users.find(user_id), "User", user_id)


def find_group(group_id: str) -> Any:
    return _found(groups.find(group_id), "Group", group_id)


def find_tenant(tenant_id: str) -> Any:
    return _found(tenants.find(tenant_id), "Tenant", tenant_id)


def _found(row: Any | None, what: str, row_id: str) -> Any:
    if row is None:
        raise NotFound(f"{what} with id {row_id[:300]} does not exist")
    return row
