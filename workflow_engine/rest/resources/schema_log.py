"""/schema/log: which versions of the engine have prepared the database."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path

from workflow_engine.models import SchemaLog
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import equals
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import ListView, reading


class SchemaLogQuery(ListQuery):
    parameters = {"version": equals("version")}
    sortings = {"timestamp": "timestamp"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return SchemaLog.objects.all()


class List(ListView):
    permissions = reading("view_schemalog")
    query = SchemaLogQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return {"id": str(row.pk), "timestamp": format_date(row.timestamp), "version": row.version}


urlpatterns = [path("schema/log", List.as_view())]
