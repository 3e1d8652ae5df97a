"""What the search box of a list looks for: an id, or a business key; exactly first, then within."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from workflow_engine import ids


class InstanceSearch:
    """`id_fields` hold ids, `text_fields` business keys and the like; all are fields of the list's model or of what it joins."""

    id_fields: tuple[str, ...] = ("id",)
    text_fields: tuple[str, ...] = ("business_key",)
    search_fields: Any = ("pk",)  # only so that Django shows the box

    search_help_text: ClassVar[Any] = gettext_lazy("Business key, activity, or the id of a process instance")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if (row_id := ids.canonical(term)) is not None:
            # Every id of an instance lies in the instance's partition.
            found = queryset.filter(partition=ids.partition_of(row_id))
            return found.filter(_any(self.id_fields, "", row_id)), False
        exact = queryset.filter(_any(self.text_fields, "", term))
        if exact.exists():
            return exact, False
        return queryset.filter(_any(self.text_fields, "__icontains", term)), False


def _any(names: tuple[str, ...], lookup: str, term: str) -> Q:
    condition = Q()
    for name in names:
        condition |= Q(**{f"{name}{lookup}": term})
    return condition
