"""Filters as rows: what lists can ask for, and their JSON."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from workflow_engine.models import Filter
from workflow_engine.rest.listing.parameters import equals, like, option, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.resources.filter.queries import presented

_OWNER = f"owner__{get_user_model().USERNAME_FIELD}"


class FilterQuery(ListQuery):
    parameters = {
        "filterId": row_id("id"),
        "resourceType": equals("resource_type"),
        "name": equals("name"),
        "nameLike": like("name"),
        "owner": equals(_OWNER),
        "itemCount": option(),
    }
    sortings = {"filterId": "id", "resourceType": "resource_type", "name": "name", "owner": _OWNER}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Filter.objects.select_related("owner")

    def queryset(self) -> QuerySet[Any]:
        """Filters belong to no tenant and to no definition; whose they are decides who sees them."""
        return self.rows().filter(self.condition)

    def restrict(self, permitted: Q) -> None:
        self.condition &= permitted


def filter_json(row: Filter) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "resourceType": row.resource_type,
        "name": row.name,
        "owner": row.owner.get_username() if row.owner else None,
        "query": presented(row.query),
        "properties": row.properties,
    }
