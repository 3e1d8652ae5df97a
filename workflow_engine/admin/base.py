"""What all pages of the admin share: rows are read-only, and a row's page shows facts, sections and operations.

Never writes. A subclass says which columns, facts, sections and operations there are.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DateTimeField, Model, QuerySet, Value
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from workflow_engine import clock
from workflow_engine.admin import links
from workflow_engine.admin.bulk import BulkMixin
from workflow_engine.admin.details import Fact, Section
from workflow_engine.admin.ended import EndedRows
from workflow_engine.admin.paginator import CappedPaginator
from workflow_engine.admin.permissions import may
from workflow_engine.admin.tenants import visible_rows


class EngineAdmin(BulkMixin, EndedRows, admin.ModelAdmin):
    """A list and a page per row. Every row carries `asked_at`, the engine's time, to which locks and due dates compare."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    paginator = CappedPaginator
    page_template = "admin/workflow_engine/page.html"
    change_list_template = "admin/workflow_engine/list.html"
    # Only what our own pages need: they use neither Django's form scripts nor jQuery.
    page_media = Media(css={"all": ["workflow_engine/css/workflow.css"]}, js=["workflow_engine/js/page.js"])

    class Media:
        css = {"all": ("workflow_engine/css/workflow.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, f"view_{self.opts.model_name}", obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        # Databases refuse NUL; nothing can have such an id.
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def get_urls(self) -> list[URLPattern]:
        return self.operation_urls() + self.bulk_urls() + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = visible_rows(request, super().get_queryset(request))
        return rows.annotate(asked_at=Value(clock.now(rows.db), output_field=DateTimeField()))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title[:1].upper() + title[1:], **(extra_context or {})})

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *where)
        except (ValidationError, ValueError):
            messages.error(
                request, _("The selection holds something that is no row of this list. Nothing was changed.")
            )
            return HttpResponseRedirect(request.get_full_path())

    # -- the page of one row -----------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self.gone(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.page_template, self.page_context(request, row))

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        opts = self.opts
        return {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": opts,
            "object": row,
            "now": row.asked_at,
            "heading": self.heading(row),
            "badges": self.badges(row),
            "facts": self.facts(request, row),
            "sections": [s for s in self.sections(request, row) if s.rows or s.is_shown_empty],
            "buttons": self.buttons(request, row),
            "trail": self.trail(row),
            "log_address": links.log(opts.model_name, row.pk),
            "media": self.page_media,
        }

    def heading(self, row: Any) -> str:
        return str(row)

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        """Pairs of colour and text, beside the heading."""
        return []

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return []

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return []

    def trail(self, row: Any) -> list[tuple[str, str]]:
        """Pairs of address and text between the list and this row, in the breadcrumb."""
        return []
