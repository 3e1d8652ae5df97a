"""/group: the groups of the site and their members."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import GroupProfile, Tenant
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.parameters import Parameter, any_of, equals, like
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.identity.common import Link, LinkedView, find_group, find_user
from workflow_engine.rest.resources.identity.users import CHANGE as CHANGE_USER
from workflow_engine.rest.resources.identity.users import NAME, check_same_id
from workflow_engine.services.authorization.resources import group_permission
from workflow_engine.services.identity import groups as service

VIEW, ADD, CHANGE, DELETE = (group_permission(action) for action in ("view", "add", "change", "delete"))


def of_profile(column: str) -> Subquery:
    return Subquery(
        GroupProfile.objects.filter(group=OuterRef("pk")).values(column), output_field=CharField(max_length=255)
    )


def groups_of_user(user_id: str) -> QuerySet[Any]:
    model: Any = get_user_model()
    if not hasattr(model, "groups"):
        return Group.objects.none()
    return Group.objects.filter(pk__in=model._default_manager.filter(**{NAME: user_id}).values("groups"))


class GroupQuery(ListQuery):
    parameters = {
        "id": equals("name"),
        "idIn": any_of("name"),
        "name": equals("title"),
        "nameLike": like("title"),
        "type": equals("type"),
        "member": Parameter(convert.text, lambda user_id, _: Q(pk__in=groups_of_user(user_id).values("pk"))),
        "memberOfTenant": Parameter(
            convert.text, lambda tenant_id, _: Q(pk__in=Tenant.objects.filter(pk=tenant_id).values("groups"))
        ),
    }
    sortings = {"id": "name", "name": "title", "type": "type"}
    default_order = ("name",)

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        # "name" is taken: it is what Camunda calls a group's id.
        return Group.objects.annotate(title=of_profile("name"), type=of_profile("type"))


def group_json(group: Any) -> dict[str, Any]:
    return {"id": group.name, "name": group.title, "type": group.type}


class GroupList(LinkedView, ListView):
    permissions = reading(VIEW)
    query = GroupQuery
    links = (
        Link("GET", "list", "group"),
        Link("GET", "count", "group/count"),
        Link("POST", "create", "group/create", ADD),
    )

    def present(self, row: Any, query: ListQuery) -> Any:
        return group_json(row)


class GroupCount(CountView):
    permissions = reading(VIEW)
    query = GroupQuery


class Create(EngineView):
    permissions = {"POST": ADD}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        service.create(body.required_text("id"), body.text("name"), body.text("type"), user=request.user)
        return no_content()


class GroupView(LinkedView):
    permissions = {"GET": VIEW, "PUT": CHANGE, "DELETE": DELETE}
    links = (
        Link("GET", "self", "group/{group_id}"),
        Link("DELETE", "delete", "group/{group_id}", DELETE),
        Link("PUT", "update", "group/{group_id}", CHANGE),
    )

    def get(self, request: Request, group_id: str) -> HttpResponse:
        find_group(group_id)
        return json_answer(group_json(GroupQuery.rows().get(name=group_id)))

    def put(self, request: Request, group_id: str) -> HttpResponse:
        """Replaces name and type: what the body leaves out is emptied, as Camunda does."""
        group, body = find_group(group_id), self.body()
        check_same_id(body, group_id, "group")
        service.change(group, body.text("name"), body.text("type"), user=request.user)
        return no_content()

    def delete(self, request: Request, group_id: str) -> HttpResponse:
        service.delete(find_group(group_id), user=request.user)
        return no_content()


class Members(LinkedView):
    """Only tells what can be done: there is no list of members but that of /user."""

    permissions = {"GET": VIEW}
    http_method_names = ["options"]
    links = (
        Link("DELETE", "delete", "group/{group_id}/members", CHANGE_USER),
        Link("PUT", "create", "group/{group_id}/members", CHANGE_USER),
    )


class Member(EngineView):
    """Being a member gives a user rights, so it is the user that one must be permitted to change, as in Django's admin."""

    permissions = {"PUT": CHANGE_USER, "DELETE": CHANGE_USER}

    def put(self, request: Request, group_id: str, user_id: str) -> HttpResponse:
        service.add_member(find_group(group_id), find_user(user_id), user=request.user)
        return no_content()

    def delete(self, request: Request, group_id: str, user_id: str) -> HttpResponse:
        service.remove_member(find_group(group_id), find_user(user_id), user=request.user)
        return no_content()


urlpatterns = [
    path("group", GroupList.as_view()),
    path("group/count", GroupCount.as_view()),
    path("group/create", Create.as_view()),
    path("group/<str:group_id>", GroupView.as_view()),
    path("group/<str:group_id>/members", Members.as_view()),
    path("group/<str:group_id>/members/<str:user_id>", Member.as_view()),
]
