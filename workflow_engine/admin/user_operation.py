"""The log of what people did to instances, jobs and tasks, through whatever door. Read-only, for ever."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import ids
from workflow_engine.admin import links
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import moment, shortened
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.filters import TextFilter
from workflow_engine.models import UserOperationLog

ID_FIELDS = (
    "pk",
    "operation_id",
    "process_instance_id",
    "root_process_instance_id",
    "task_id",
    "external_task_id",
    "job_id",
    "deployment_id",
)


class OperationTypeFilter(TextFilter):
    title = gettext_lazy("operation")
    parameter_name = "operation"
    field = "operation_type"

    def offered(self, rows: QuerySet[Any]) -> list[tuple[str, Any]]:
        # The newest entries tell which operations there are; nobody reads the whole log for that.
        recent = rows.order_by("-timestamp").values_list("operation_type", flat=True)[:1000]
        return [(name, name) for name in sorted(set(recent))]


class EntityTypeFilter(TextFilter):
    title = gettext_lazy("entity")
    parameter_name = "entity"
    field = "entity_type"

    def offered(self, rows: QuerySet[Any]) -> list[tuple[str, Any]]:
        recent = rows.order_by("-timestamp").values_list("entity_type", flat=True)[:1000]
        return [(name, name) for name in sorted(set(recent))]


@admin.register(UserOperationLog)
class UserOperationLogAdmin(EngineAdmin):
    list_display = ("time", "user_id", "what", "property", "before", "after", "instance_link")
    list_filter = (OperationTypeFilter, EntityTypeFilter)
    ordering = ("-timestamp", "-id")
    search_fields = ("user_id",)
    search_help_text = gettext_lazy("User, process, or any id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if ids.canonical(term) is None:
            return queryset.filter(Q(user_id=term) | Q(process_definition_key=term)), False
        condition = Q()
        for name in ID_FIELDS:
            condition |= Q(**{name: term})
        return queryset.filter(condition), False

    @admin.display(description=gettext_lazy("time"), ordering="timestamp")
    def time(self, row: Any) -> SafeString | str:
        return moment(row.timestamp, row.asked_at)

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: UserOperationLog) -> str:
        return f"{row.operation_type} {row.entity_type}"

    @admin.display(description=gettext_lazy("before"))
    def before(self, row: UserOperationLog) -> SafeString | str:
        return shortened(row.org_value, 60)

    @admin.display(description=gettext_lazy("after"))
    def after(self, row: UserOperationLog) -> SafeString | str:
        return shortened(row.new_value, 60)

    @admin.display(description=gettext_lazy("process instance"))
    def instance_link(self, row: UserOperationLog) -> SafeString | str:
        if row.process_instance_id is None:
            return "-"
        return links.link(links.page("processinstance", row.process_instance_id), row.process_instance_id)

    def facts(self, request: HttpRequest, row: UserOperationLog) -> list[Fact]:
        names = [field.name for field in row._meta.fields if field.name not in ("partition", "process_instance_id")]
        found = fields(row, names)
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.insert(
                0, Fact(label=_("process instance"), value=row.process_instance_id, kind="id", address=address)
            )
        return found
