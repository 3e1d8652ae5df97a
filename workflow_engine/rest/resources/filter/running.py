"""/filter/{id}/list, count and singleResult: what a filter finds; a POST extends its query for this once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.resources.filter.queries import checked, extended
from workflow_engine.rest.resources.filter.views import FilterAccess
from workflow_engine.rest.resources.task.views import shown_tasks


class Run(FilterAccess):
    def get(self, request: Request, filter_id: str) -> HttpResponse:
        row = self.find(filter_id)
        return self.answer(self.items(row, row.query))

    def post(self, request: Request, filter_id: str) -> HttpResponse:
        row = self.find(filter_id)
        more = checked(row.resource_type, self.body().values, is_stored=False)
        return self.answer(self.items(row, extended(row.query, more)))

    def answer(self, query: ListQuery) -> HttpResponse:
        raise NotImplementedError


class Items(Run):
    def answer(self, query: ListQuery) -> HttpResponse:
        address = self.address()
        first, most = (address.integer(name, minimum=0) for name in ("firstResult", "maxResults"))
        return json_answer(_shown(query.page(first or 0, most), query))


class Count(Run):
    def answer(self, query: ListQuery) -> HttpResponse:
        return json_answer({"count": query.count()})


class SingleResult(Run):
    def answer(self, query: ListQuery) -> HttpResponse:
        rows = query.page(0, 2)
        if len(rows) > 1:
            raise RestError("Filter does not returns a valid single result: it finds more than one.")
        return json_answer(_shown(rows, query)[0]) if rows else no_content()


def _shown(rows: list[Any], query: ListQuery) -> list[Any]:
    return shown_tasks(rows, query.arguments)


urlpatterns = [
    path("filter/<str:filter_id>/list", Items.as_view()),
    path("filter/<str:filter_id>/count", Count.as_view()),
    path("filter/<str:filter_id>/singleResult", SingleResult.as_view()),
]
