"""The views of lists and counts: GET with a query string, POST with the same parameters as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import ListQuery, Sorting
from workflow_engine.rest.request_body import Body


def sorting_of_address(values: Mapping[str, Any]) -> list[Sorting]:
    by, order = values.get("sortBy"), values.get("sortOrder")
    if (by is None) != (order is None):
        raise RestError("Only a single sorting parameter specified: sortBy and sortOrder are required together.")
    return [] if by is None else [(str(by), str(order), None)]


def sorting_of_body(body: Body) -> list[Sorting]:
    return [
        (item.required_text("sortBy"), item.required_text("sortOrder"), item.object("parameters"))
        for item in body.objects("sorting") or ()
    ]


class QueryView(EngineView):
    """Offers the query as POST only where `permissions` names that method."""

    query: ClassVar[type[ListQuery]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        is_posted = "POST" in cls.permissions
        cls.http_method_names = EngineView.http_method_names if is_posted else ["get", "head", "options"]

    def query_of_address(self) -> ListQuery:
        values = self.request._request.GET
        return self._permitted(self.query(values.dict(), sorting_of_address(values)))

    def query_of_body(self) -> ListQuery:
        body = self.body()
        return self._permitted(self.query(body.values, sorting_of_body(body)))

    def _permitted(self, query: ListQuery) -> ListQuery:
        for permission in sorted(query.needed_permissions):
            self.require(permission)
        return query


class ListView(QueryView):
    def get(self, request: Request) -> HttpResponse:
        return self.answer(self.query_of_address())

    def post(self, request: Request) -> HttpResponse:
        return self.answer(self.query_of_body())

    def answer(self, query: ListQuery) -> HttpResponse:
        first, most = self.paging()
        return json_answer(self.present_all(query.page(first, most), query))

    def present_all(self, rows: list[Any], query: ListQuery) -> list[Any]:
        return [self.present(row, query) for row in rows]

    def present(self, row: Any, query: ListQuery) -> Any:
        raise NotImplementedError

    def paging(self) -> tuple[int, int | None]:
        """firstResult and maxResults stand in the address, also of a POST."""
        values = self.request._request.GET
        return self._number(values, "firstResult") or 0, self._number(values, "maxResults")

    @staticmethod
    def _number(values: Mapping[str, Any], name: str) -> int | None:
        if not (raw := values.get(name)):
            return None
        try:
            return max(0, convert.integer(raw))
        except ValueError as error:
            raise RestError(f"Cannot set query parameter '{name}' to value {convert.shown(raw)}: it {error}.") from None


class CountView(QueryView):
    def get(self, request: Request) -> HttpResponse:
        return json_answer({"count": self.query_of_address().count()})

    def post(self, request: Request) -> HttpResponse:
        return json_answer({"count": self.query_of_body().count()})


def reading(permission: str) -> dict[str, str]:
    """The permissions of a list or count view."""
    return {"GET": permission, "POST": permission}
