"""/filter: list, one, making and changing them."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.models import Filter
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound, RestError, refusal
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.filter.queries import TASK, built, checked, filled_in, query_class
from workflow_engine.rest.resources.filter.rows import FilterQuery, filter_json
from workflow_engine.rest.resources.identity.common import Link, LinkedView
from workflow_engine.services import filters as service

VIEW, ADD, CHANGE, DELETE = ("view_filter", "add_filter", "change_filter", "delete_filter")
VIEW_ITEMS = {TASK: "view_usertask"}
MAX_JSON = 100_000
MAX_COUNTED = 200


class FilterAccess(LinkedView):
    """Everybody sees his own filters; the others are hidden from whom has neither permission nor authorization."""

    permissions = {}
    # What is counted and listed are tasks, which may be seen for some definitions only.
    knows_definitions = True

    def find(self, filter_id: str, permission: str = VIEW) -> Filter:
        rows = FilterQuery.rows().filter(pk__in=Filter.objects.by_id(filter_id))
        row: Filter | None = rows.filter(service.permitted(self.request.user, VIEW)).first()
        if row is None:
            raise NotFound(f"Filter with id '{filter_id[:300]}' does not exist.")
        if permission != VIEW and not rows.filter(service.permitted(self.request.user, permission)).exists():
            raise PermissionDenied(refusal(self.request.user, permission))
        return row

    def items(self, row: Filter, query: dict[str, Any]) -> ListQuery:
        """What the filter finds, as far as the caller may see it."""
        self.require(VIEW_ITEMS[row.resource_type])
        found = built(query_class(row.resource_type), filled_in(query, self.user_id))
        for permission in sorted(found.needed_permissions):
            self.require(permission)
        return found

    def shown(self, row: Filter, counted: bool) -> dict[str, Any]:
        count = {"itemCount": self.items(row, row.query).count()} if counted else {}
        return filter_json(row) | count


class FilterList(FilterAccess, ListView):
    query = FilterQuery
    links = (
        Link("GET", "list", "filter"),
        Link("GET", "count", "filter/count"),
        Link("POST", "create", "filter/create", ADD),
    )

    def query_of_address(self) -> ListQuery:
        return _restricted(super().query_of_address(), self.request)

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        counted = bool(query.arguments.get("itemCount"))
        if counted and len(rows) > MAX_COUNTED:
            raise RestError(f"At most {MAX_COUNTED} filters are counted at once: ask for pages with maxResults.")
        return [self.shown(row, counted) for row in rows]


class FilterCount(CountView):
    permissions = {}
    query = FilterQuery

    def query_of_address(self) -> ListQuery:
        return _restricted(super().query_of_address(), self.request)


def _restricted(query: ListQuery, request: Request) -> ListQuery:
    assert isinstance(query, FilterQuery)
    query.restrict(service.permitted(request.user, VIEW))
    return query


class Create(EngineView):
    permissions = {"POST": ADD}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        resource_type = body.required_text("resourceType")
        query_class(resource_type)
        row = service.create(resource_type=resource_type, **_content(body, resource_type), user=request.user)
        return json_answer(filter_json(row))


class FilterView(FilterAccess):
    links = (
        Link("GET", "self", "filter/{filter_id}"),
        *(
            Link(method, rel, f"filter/{{filter_id}}/{rel}")
            for rel in ("singleResult", "list", "count")
            for method in ("GET", "POST")
        ),
        Link("DELETE", "delete", "filter/{filter_id}"),
        Link("PUT", "update", "filter/{filter_id}"),
    )

    def get(self, request: Request, filter_id: str) -> HttpResponse:
        return json_answer(self.shown(self.find(filter_id), self.address().boolean("itemCount")))

    def put(self, request: Request, filter_id: str) -> HttpResponse:
        row, body = self.find(filter_id, CHANGE), self.body()
        given = body.text("resourceType")
        if given is not None and given != row.resource_type:
            raise RestError(f"The resource type of a filter cannot be changed: it is {row.resource_type}.")
        service.change(row, **_content(body, row.resource_type), user=request.user)
        return no_content()

    def delete(self, request: Request, filter_id: str) -> HttpResponse:
        service.delete(self.find(filter_id, DELETE), user=request.user)
        return no_content()


def _content(body: Body, resource_type: str) -> dict[str, Any]:
    name = body.required_text("name")
    query, properties = body.object("query"), body.object("properties")
    if query is None:
        raise body.refusal("query", "is missing")
    content = {
        "query": checked(resource_type, query.values, is_stored=True),
        "properties": {} if properties is None else properties.values,
    }
    for field, value in content.items():
        if len(json.dumps(value)) > MAX_JSON:
            raise body.refusal(field, f"is longer than {MAX_JSON} characters")
    return {"name": name, "owner": body.text("owner") or None, **content}


urlpatterns = [
    path("filter", FilterList.as_view()),
    path("filter/count", FilterCount.as_view()),
    path("filter/create", Create.as_view()),
    path("filter/<str:filter_id>", FilterView.as_view()),
]
