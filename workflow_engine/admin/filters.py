"""Filters of the lists. Each is one parameter of the address, so that a filtered list can be shared as a link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workflow_engine.admin.tenants import seen_by
from workflow_engine.models import ProcessDefinition
from workflow_engine.services.visibility import acting_for, visible

MESSAGE_LENGTH = 200  # as much of a message as groups are told apart by


class TextFilter(admin.SimpleListFilter):
    """A value that came with the address is shown as chosen even where it is none of the offered."""

    field = ""

    def value(self) -> str | None:
        given = super().value()
        return None if given is None else str(given).replace("\x00", "")

    def offered(self, rows: QuerySet[Any]) -> Iterable[tuple[str, Any]]:
        return []

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        with acting_for(seen_by(request)):
            found = list(self.offered(visible(model_admin.model._default_manager.all())))
        given = self.used_parameters.get(str(self.parameter_name))
        if given is not None and given not in [value for value, _name in found]:
            found.append((given, given))
        return found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.field: value})


class DefinitionKeyFilter(TextFilter):
    """By process, all its versions."""

    title = _("process")
    parameter_name = "process"
    field = "process_definition__key"

    def offered(self, rows: QuerySet[Any]) -> Iterable[tuple[str, Any]]:
        known = visible(ProcessDefinition.objects.latest()).order_by("key").values_list("key", "name")[:100]
        return [(key, name or key) for key, name in known]


class ActivityFilter(TextFilter):
    """Only where the address asks for it: diagrams link here."""

    title = _("activity")
    parameter_name = "activity"
    field = "activity_id"


class MessageFilter(TextFilter):
    """The most frequent messages, with how often."""

    title = _("message")
    parameter_name = "message"
    field = "incident_message"

    def offered(self, rows: QuerySet[Any]) -> Iterable[tuple[str, Any]]:
        groups = (
            rows.exclude(incident_message=None)
            .exclude(incident_message="")
            .values(text=Left("incident_message", MESSAGE_LENGTH))
            .annotate(number=Count("pk"))
            .order_by("-number", "text")[:10]
        )
        return [(group["text"], f"{group['text'][:60]} ({group['number']})") for group in groups]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(incident_message__startswith=value)


class ChoiceFilter(admin.SimpleListFilter):
    """A closed list of named conditions."""

    choices_given: dict[str, tuple[Any, Q]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, name) for value, (name, _condition) in self.conditions().items()]

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        """Value in the address, its name, and what it means; asked at each request, because some depend on the time."""
        return self.choices_given

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = self.conditions().get(str(self.value()))
        return queryset if known is None else queryset.filter(known[1])
