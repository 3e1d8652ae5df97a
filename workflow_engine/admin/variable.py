"""Variables of running instances: searched by name and value, changed one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import ids, values
from workflow_engine.admin import links, typed_values
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import instance_name, shown_value
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.downloads import attachment
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import may_see_values, who
from workflow_engine.admin.variable_forms import VariableValueForm, is_editable
from workflow_engine.models import Variable
from workflow_engine.services import runtime, task


def edit_form(*args: Any, row: Variable, **options: Any) -> VariableValueForm:
    return VariableValueForm(*args, row=row, variable=row, **options)


def edit(request: HttpRequest, row: Variable, data: Mapping[str, Any]) -> str:
    """In its own scope, wherever a variable of the same name may be too."""
    changed = {row.name: data["parsed"]}
    if row.task_id is not None:
        task.set_variables(str(row.task_id), changed, is_local=True, user=who(request))
    else:
        runtime.set_variables(str(row.execution_id), changed, is_local=True, user=who(request))
    return _("Variable “%(name)s” was changed.") % {"name": row.name}


def delete(request: HttpRequest, row: Variable, data: Mapping[str, Any]) -> str:
    if row.task_id is not None:
        task.set_variables(str(row.task_id), {}, removals=(row.name,), is_local=True, user=who(request))
    else:
        runtime.remove_variables(str(row.execution_id), [row.name], is_local=True, user=who(request))
    return _("Variable “%(name)s” was deleted.") % {"name": row.name}


def _owner_page(row: Variable) -> str:
    """Of its process instance, or of the task that belongs to none."""
    if row.process_instance_id is None:
        return links.page("usertask", row.task_id)
    return links.page("processinstance", row.process_instance_id)


def _owner_name(row: Variable) -> str:
    return str(row.task) if row.process_instance is None else instance_name(row.process_instance)


@admin.register(Variable)
class VariableAdmin(EngineAdmin):
    list_display = ("name", "type_name", "value_shown", "instance_link", "scope")
    list_filter = ("type_name",)
    list_select_related = ("process_instance", "execution", "task")
    ordering = ("-id",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("A name, name=value, or the id of a process instance")
    operations = (
        Operation(
            name="edit",
            label=gettext_lazy("Edit"),
            permission="set_variables",
            form=edit_form,
            perform=edit,
            offered=is_editable,
            leads_to=lambda row: _owner_page(row) + "#variables",
        ),
        Operation(
            name="delete",
            label=gettext_lazy("Delete"),
            permission="set_variables",
            perform=delete,
            style="danger",
            question=gettext_lazy("The variable and its value are removed from the running instance."),
            leads_to=lambda row: _owner_page(row) + "#variables",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download_view)
        return [path("<path:object_id>/download/", view, name="workflow_engine_variable_download"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        if may_see_values(request):
            return self.list_display
        return tuple(name for name in self.list_display if name != "value_shown")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if (row_id := ids.canonical(term)) is not None:
            return queryset.filter(
                Q(process_instance_id=row_id) | Q(pk=row_id), partition=ids.partition_of(row_id)
            ), False
        name, equals, text = term.partition("=")
        if not equals:
            return (queryset.filter(name__icontains=name) if name else queryset), False
        # By value only for those who may see values: a hit tells the value too.
        found = queryset.filter(name=name.strip()) if may_see_values(request) else queryset.none()
        return found.filter(_equals(text.strip())), False

    @admin.display(description=gettext_lazy("value"))
    def value_shown(self, row: Variable) -> SafeString | str:
        return shown_value(row)

    @admin.display(description=gettext_lazy("process instance"))
    def instance_link(self, row: Variable) -> SafeString:
        return links.link(_owner_page(row), _owner_name(row))

    @admin.display(description=gettext_lazy("scope"))
    def scope(self, row: Variable) -> str:
        if row.task_id is not None:
            return _("user task")
        if row.execution is None or row.execution_id == row.process_instance_id:
            return _("process instance")
        return row.execution.activity_id or _("local")

    # -- the page ----------------------------------------------------------------------------------------------------

    def trail(self, row: Variable) -> list[tuple[str, str]]:
        return [(_owner_page(row), _owner_name(row))]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        owner = _("process instance") if row.process_instance_id is not None else _("user task")
        found = [
            Fact(label=owner, value=_owner_name(row), address=_owner_page(row)),
            Fact(label=_("scope"), value=self.scope(row)),
            *fields(row, ("type_name", "id")),
        ]
        if not may_see_values(request, row):
            return [*found, Fact(label=_("value"), value=_("You have no permission to see values of variables."))]
        if isinstance(row.value, (bytes, values.FileValue)):
            download = reverse("admin:workflow_engine_variable_download", args=(row.pk,))
            return [*found, Fact(label=_("value"), value=typed_values.text_of(row.value), address=download)]
        return [*found, Fact(label=_("value"), value=typed_values.text_of(row.value), kind="pre")]

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self.gone(request, object_id)
        if not self.has_view_permission(request, row) or not may_see_values(request, row):
            raise PermissionDenied
        value = row.value
        if isinstance(value, values.FileValue):
            return attachment(value.data, value.filename)
        return attachment(value if isinstance(value, bytes) else typed_values.text_of(value).encode(), row.name)


def _equals(text: str) -> Q:
    """Whatever the text may stand for: a text, a number, true or false."""
    condition = Q(type_name="String", text_value=text)
    for kind in ("Long", "Double", "Boolean", "Date"):
        try:
            value: Any = typed_values.parse(kind, text)
        except ValidationError:
            continue
        if kind == "Double":
            condition |= Q(type_name="Double", double_value=value)
        elif kind == "Long":
            condition |= Q(type_name__in=("Integer", "Long", "Short"), long_value=int(value))
        elif kind == "Boolean":
            condition |= Q(type_name="Boolean", long_value=int(value))
    return condition
