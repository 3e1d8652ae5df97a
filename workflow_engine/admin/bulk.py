"""Operations on a whole selection of a list: one question, then each row on its own, with an honest result per row.

A row that is refused does not stop the others; what was done stays done. A selection larger than LIMIT is done in parts, and
the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow_engine.admin import links
from workflow_engine.admin.operations import Operation, OperationsMixin
from workflow_engine.engine.errors import EngineError, NotFound

LIMIT = 1_000
SHOWN = 20  # names on the page that asks
DONE, FAILED, SKIPPED = "done", "failed", "skipped"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one row."""

    row_id: str
    name: str
    outcome: str
    told: str
    address: str | None


class BulkMixin(OperationsMixin):
    """Makes an action of the list out of every operation that is `bulk`."""

    def bulk_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("bulk/<slug:name>/", view, name=f"workflow_engine_{self.opts.model_name}_bulk")]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Deleting is no action here: what can be removed is removed by an operation."""
        return {
            operation.name: (self._action(operation), operation.name, operation.label)
            for operation in self.operations
            if operation.bulk and operation.is_allowed(request)
        }

    def _action(self, operation: Operation) -> Callable[..., HttpResponse]:
        def ask(admin: Any, request: HttpRequest, rows: models.QuerySet[Any]) -> HttpResponse:
            chosen = [str(pk) for pk in rows.values_list("pk", flat=True)[: LIMIT + 1]]
            return self._bulk_page(request, operation, chosen, self._bulk_form(operation, request))

        return ask

    @transaction.non_atomic_requests
    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """POST only: a selection is made in the list."""
        operation = self.find_operation(name)
        if operation is None or not operation.bulk or request.method != "POST":
            return HttpResponseRedirect(links.listing(self.opts.model_name))
        if not self.has_view_permission(request) or not operation.is_allowed(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        chosen = [part for part in request.POST.get("rows", "").split(",") if part][:LIMIT]
        form = self._bulk_form(operation, request)
        if form is not None and not form.is_valid():
            return self._bulk_page(request, operation, chosen, form)
        data = {} if form is None else form.cleaned_data
        results = [self._one(request, operation, row_id, data) for row_id in chosen]
        return self._result_page(request, operation, results)

    def _bulk_form(self, operation: Operation, request: HttpRequest) -> forms.Form | None:
        if operation.form is None:
            return None
        data = request.POST if "_confirmed" in request.POST else None
        return operation.form(data, request=request, row=None)

    def _one(self, request: HttpRequest, operation: Operation, row_id: str, data: Mapping[str, Any]) -> Result:
        try:
            row = self.get_object(request, row_id)  # type: ignore[attr-defined]
        except (ValidationError, ValueError):
            row = None
        if row is None:
            told = _("It is no longer there: somebody or something else was faster.")
            return Result(row_id=row_id, name=row_id, outcome=SKIPPED, told=told, address=None)
        outcome, address = DONE, links.page(self.opts.model_name, row_id)
        try:
            if not operation.is_allowed(request, row):
                raise PermissionDenied
            told = operation.perform(request, row, data)
            self.log(request, row, operation, told)
        except NotFound as error:
            outcome, told = SKIPPED, str(error)
        except EngineError as error:
            outcome, told = FAILED, str(error)
        return Result(row_id=row_id, name=self.row_name(row), outcome=outcome, told=told, address=address)

    def _bulk_page(
        self, request: HttpRequest, operation: Operation, chosen: list[str], form: forms.Form | None
    ) -> HttpResponse:
        has_more = len(chosen) > LIMIT
        number = min(len(chosen), LIMIT)
        heading = ngettext("%(label)s: %(number)d selected", "%(label)s: %(number)d selected", number)
        if has_more:
            warning = _(
                "More are selected than are done at once: these are the first %(limit)d. Repeat for the others."
            )
            messages.warning(request, warning % {"limit": LIMIT})
        context = {
            **self._bulk_context(request, operation),
            "form": form,
            "heading": heading % {"label": operation.label, "number": number},
            "rows": ",".join(chosen[:LIMIT]),
            "names": self._names(request, chosen[:SHOWN]),
            "more": max(0, number - SHOWN),
            "address": reverse(f"admin:workflow_engine_{self.opts.model_name}_bulk", args=(quote(operation.name),)),
            "back": links.listing(self.opts.model_name),
        }
        return TemplateResponse(request, operation.template, context)

    def row_name(self, row: Any) -> str:
        """By which people know the row; with the instance that it belongs to."""
        return str(row)

    def _names(self, request: HttpRequest, chosen: list[str]) -> list[str]:
        try:
            rows = self.get_queryset(request).filter(pk__in=chosen)  # type: ignore[attr-defined]
            related = self.list_select_related  # type: ignore[attr-defined]
            return [self.row_name(row) for row in (rows.select_related(*related) if related else rows)]
        except (ValidationError, ValueError):
            return []

    def _result_page(self, request: HttpRequest, operation: Operation, results: list[Result]) -> HttpResponse:
        outcomes = [result.outcome for result in results]
        context = {
            **self._bulk_context(request, operation),
            "results": results,
            "counts": {outcome: outcomes.count(outcome) for outcome in (DONE, FAILED, SKIPPED)},
            "back": links.listing(self.opts.model_name),
        }
        return TemplateResponse(request, "admin/workflow_engine/bulk_result.html", context)

    def _bulk_context(self, request: HttpRequest, operation: Operation) -> dict[str, Any]:
        request.current_app = self.admin_site.name
        return {
            **self.admin_site.each_context(request),
            "title": operation.label,
            "opts": self.opts,
            "operation": operation,
            "media": self.page_media,  # type: ignore[attr-defined]
        }
