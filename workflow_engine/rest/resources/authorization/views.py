"""/authorization: list, one, making and changing them, and whether somebody may do something."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.models import Authorization
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound, RestError, refusal
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.authorization.rows import AuthorizationQuery, authorization_json
from workflow_engine.rest.resources.identity.common import Link, LinkedView, find_user
from workflow_engine.rest.visibility import granted
from workflow_engine.services.authorization import Resource, changing, permissions_of
from workflow_engine.services.authorization.checking import is_authorized
from workflow_engine.services.authorization.resources import ALL, NONE

VIEW, ADD, CHANGE, DELETE = ("view_authorization", "add_authorization", "change_authorization", "delete_authorization")
MAX_PERMISSIONS = 100


def find_authorization(authorization_id: str) -> Authorization:
    row = AuthorizationQuery.rows().filter(pk__in=Authorization.objects.by_id(authorization_id)).first()
    if row is None:
        raise NotFound(f"Authorization with id {authorization_id[:300]} does not exist.")
    found: Authorization = row
    return found


def wanted(body: Body, authorization_type: int) -> changing.Wanted:
    permissions = body.text_list("permissions")
    if permissions is None or len(permissions) > MAX_PERMISSIONS:
        raise body.refusal("permissions", f"must be a list of at most {MAX_PERMISSIONS} names")
    return changing.Wanted(
        type=authorization_type,
        user_id=body.text("userId"),
        group_id=body.text("groupId"),
        resource_type=_required(body, "resourceType"),
        resource_id=body.required_text("resourceId"),
        permissions=permissions,
    )


def _required(body: Body, name: str) -> int:
    value: int | None = body.integer(name)
    if value is None:
        raise body.refusal(name, "is missing")
    return value


class AuthorizationList(LinkedView, ListView):
    permissions = {"GET": VIEW}
    query = AuthorizationQuery
    links = (
        Link("GET", "list", "authorization"),
        Link("GET", "count", "authorization/count"),
        Link("POST", "create", "authorization/create", ADD),
    )

    def present(self, row: Any, query: ListQuery) -> Any:
        return authorization_json(row)


class AuthorizationCount(CountView):
    permissions = {"GET": VIEW}
    query = AuthorizationQuery


class Create(EngineView):
    permissions = {"POST": ADD}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        row = changing.create(wanted(body, _required(body, "type")), user=request.user)
        return json_answer(authorization_json(row))


class AuthorizationView(LinkedView):
    permissions = {"GET": VIEW, "PUT": CHANGE, "DELETE": DELETE}
    links = (
        Link("GET", "self", "authorization/{authorization_id}"),
        Link("DELETE", "delete", "authorization/{authorization_id}", DELETE),
        Link("PUT", "update", "authorization/{authorization_id}", CHANGE),
    )

    def get(self, request: Request, authorization_id: str) -> HttpResponse:
        return json_answer(authorization_json(find_authorization(authorization_id)))

    def put(self, request: Request, authorization_id: str) -> HttpResponse:
        row = find_authorization(authorization_id)
        changing.change(row, wanted(self.body(), row.type), user=request.user)
        return no_content()

    def delete(self, request: Request, authorization_id: str) -> HttpResponse:
        changing.delete(find_authorization(authorization_id), user=request.user)
        return no_content()


class Check(EngineView):
    """Everybody may ask about himself; about others, who may see authorizations."""

    permissions = {}

    def get(self, request: Request) -> HttpResponse:
        asked = self.address()
        name, resource_name = self._needed(asked, "permissionName"), self._needed(asked, "resourceName")
        self._needed(asked, "resourceType")
        resource = changing.resource_of(asked.integer("resourceType"))
        resource_id = asked.text("resourceId") or None
        self._check_name(resource, name)
        allowed = is_authorized(self._whom(asked.text("userId")), resource, name, resource_id)
        return json_answer(
            {
                "permissionName": name,
                "resourceName": resource_name,
                "resourceId": resource_id,
                "authorized": allowed,
            }
        )

    def _whom(self, user_id: str | None) -> Any:
        if not user_id or user_id == self.user_id:
            return self.request.user
        if granted(self.request.user, VIEW) is not None:
            raise PermissionDenied(refusal(self.request.user, VIEW))
        return find_user(user_id)

    @staticmethod
    def _needed(asked: Body, name: str) -> str:
        value = asked.text(name)
        if not value:
            raise RestError(f"Query parameter '{name}' cannot be null")
        return value

    @staticmethod
    def _check_name(resource: Resource, name: str) -> None:
        known = permissions_of(resource)
        if known is not None and name not in known and name not in (ALL, NONE):
            raise RestError(
                f"The permission '{name}' is not valid for '{resource.name}' resource type.",
                type_name="BadUserRequestException",
            )


urlpatterns = [
    path("authorization", AuthorizationList.as_view()),
    path("authorization/count", AuthorizationCount.as_view()),
    path("authorization/create", Create.as_view()),
    path("authorization/check", Check.as_view()),
    path("authorization/<str:authorization_id>", AuthorizationView.as_view()),
]
