"""/tenant: tenants and who belongs to them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import Tenant
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.parameters import Arguments, Parameter, equals, like, option
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.identity.common import Link, LinkedView, find_group, find_tenant, find_user
from workflow_engine.rest.resources.identity.groups import groups_of_user
from workflow_engine.rest.resources.identity.users import NAME, check_same_id
from workflow_engine.services.identity import tenants as service

VIEW, ADD, CHANGE, DELETE = ("view_tenant", "add_tenant", "change_tenant", "delete_tenant")


def _of_user(user_id: str, arguments: Arguments) -> Q:
    members = get_user_model()._default_manager.filter(**{NAME: user_id})
    # Subqueries and not joins: a tenant is listed once, however many ways lead to it.
    own = Q(pk__in=Tenant.objects.filter(users__in=members).values("pk"))
    if not arguments.get("includingGroupsOfUser"):
        return own
    return own | Q(pk__in=Tenant.objects.filter(groups__in=groups_of_user(user_id)).values("pk"))


def _of_group(group_id: str, _: Any) -> Q:
    return Q(pk__in=Tenant.objects.filter(groups__in=Group.objects.filter(name=group_id)).values("pk"))


class TenantQuery(ListQuery):
    parameters = {
        "id": equals("id"),
        "name": equals("name"),
        "nameLike": like("name"),
        "userMember": Parameter(convert.text, _of_user),
        "groupMember": Parameter(convert.text, _of_group),
        "includingGroupsOfUser": option(),
    }
    sortings = {"id": "id", "name": "name"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Tenant.objects.all()


def tenant_json(tenant: Tenant) -> dict[str, Any]:
    return {"id": tenant.pk, "name": tenant.name}


class TenantList(LinkedView, ListView):
    permissions = {"GET": VIEW}
    query = TenantQuery
    links = (
        Link("GET", "list", "tenant"),
        Link("GET", "count", "tenant/count"),
        Link("POST", "create", "tenant/create", ADD),
    )

    def present(self, row: Any, query: ListQuery) -> Any:
        return tenant_json(row)


class TenantCount(CountView):
    permissions = {"GET": VIEW}
    query = TenantQuery


class Create(EngineView):
    permissions = {"POST": ADD}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        service.create(body.required_text("id"), body.text("name"), user=request.user)
        return no_content()


class TenantView(LinkedView):
    permissions = {"GET": VIEW, "PUT": CHANGE, "DELETE": DELETE}
    links = (
        Link("GET", "self", "tenant/{tenant_id}"),
        Link("DELETE", "delete", "tenant/{tenant_id}", DELETE),
        Link("PUT", "update", "tenant/{tenant_id}", CHANGE),
    )

    def get(self, request: Request, tenant_id: str) -> HttpResponse:
        return json_answer(tenant_json(find_tenant(tenant_id)))

    def put(self, request: Request, tenant_id: str) -> HttpResponse:
        """A body without a name takes the name away, as Camunda does."""
        tenant, body = find_tenant(tenant_id), self.body()
        check_same_id(body, tenant_id, "tenant")
        service.change(tenant, body.text("name"), user=request.user)
        return no_content()

    def delete(self, request: Request, tenant_id: str) -> HttpResponse:
        service.delete(find_tenant(tenant_id), user=request.user)
        return no_content()


class Members(LinkedView):
    """Only tells what can be done: members are listed by /user and /group."""

    permissions = {"GET": VIEW}
    http_method_names = ["options"]


class UserMember(EngineView):
    permissions = {"PUT": CHANGE, "DELETE": CHANGE}

    def put(self, request: Request, tenant_id: str, user_id: str) -> HttpResponse:
        service.add_user(find_tenant(tenant_id), find_user(user_id), user=request.user)
        return no_content()

    def delete(self, request: Request, tenant_id: str, user_id: str) -> HttpResponse:
        service.remove_user(find_tenant(tenant_id), find_user(user_id), user=request.user)
        return no_content()


class GroupMember(EngineView):
    permissions = {"PUT": CHANGE, "DELETE": CHANGE}

    def put(self, request: Request, tenant_id: str, group_id: str) -> HttpResponse:
        service.add_group(find_tenant(tenant_id), find_group(group_id), user=request.user)
        return no_content()

    def delete(self, request: Request, tenant_id: str, group_id: str) -> HttpResponse:
        service.remove_group(find_tenant(tenant_id), find_group(group_id), user=request.user)
        return no_content()


def _links(members: str) -> tuple[Link, ...]:
    address = f"tenant/{{tenant_id}}/{members}"
    return (Link("DELETE", "delete", address, CHANGE), Link("PUT", "create", address, CHANGE))


urlpatterns = [
    path("tenant", TenantList.as_view()),
    path("tenant/count", TenantCount.as_view()),
    path("tenant/create", Create.as_view()),
    path("tenant/<str:tenant_id>", TenantView.as_view()),
    path("tenant/<str:tenant_id>/user-members", Members.as_view(links=_links("user-members"))),
    path("tenant/<str:tenant_id>/user-members/<str:user_id>", UserMember.as_view()),
    path("tenant/<str:tenant_id>/group-members", Members.as_view(links=_links("group-members"))),
    path("tenant/<str:tenant_id>/group-members/<str:group_id>", GroupMember.as_view()),
]
