"""Changes that a page offers. An operation calls a service and nothing else; it never writes a row itself.

GET shows the form or the question, POST does it: permission checked again, the service's refusal shown as a message, success
written to the admin log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workflow_engine.admin import links
from workflow_engine.admin.permissions import may
from workflow_engine.engine.errors import EngineError

Text = str | Promise
LONGEST_TOLD = 2_000  # characters of a refusal that quotes what somebody sent
Perform = Callable[[HttpRequest, Any, Mapping[str, Any]], str]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`perform` gets the request, the row and the form's data, calls a service, and says in a sentence what happened."""

    name: str  # in the address
    label: Text
    permission: str  # a codename of this application
    also_permission: str | None = None  # where it does two things
    perform: Perform
    form: Callable[..., forms.Form] | None = None  # called with data, and with request, row and initial by name
    question: Text | None = None  # what is lost; asked before anything is destroyed
    style: str = ""  # "default" for what is mostly wanted, "danger" for what destroys
    help: Text = ""
    offered: Callable[[Any], bool] = lambda row: True  # only whether a button makes sense; the service decides
    bulk: bool = False  # also for a selection of the list
    leads_to: Callable[[Any], str] | None = None  # where to go afterwards; else the row's page
    template: str = "admin/workflow_engine/operation.html"

    def is_allowed(self, request: HttpRequest, row: Any = None) -> bool:
        needed = (self.permission, self.also_permission)
        return all(may(request, codename, row) for codename in needed if codename is not None)

    @property
    def asks_first(self) -> bool:
        """Whether there is a page between the button and the change."""
        return self.form is not None or self.question is not None


@dataclass(frozen=True, kw_only=True)
class Button:
    """An operation as one row's page shows it: a form that posts, or a link to the page that asks."""

    label: Text
    address: str
    style: str
    help: Text
    posts: bool


class OperationsMixin:
    """For a ModelAdmin: the addresses, pages and buttons of `operations`."""

    operations: tuple[Operation, ...] = ()
    opts: Any
    admin_site: Any

    def operation_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.operation_view)
        name = f"workflow_engine_{self.opts.model_name}_operation"
        return [path("<path:object_id>/do/<slug:name>/", view, name=name)]

    def find_operation(self, name: str) -> Operation | None:
        return next((operation for operation in self.operations if operation.name == name), None)

    def buttons(self, request: HttpRequest, row: Any) -> list[Button]:
        return [
            Button(
                label=operation.label,
                address=links.operation(self.opts.model_name, row.pk, operation.name),
                style=operation.style,
                help=operation.help,
                posts=not operation.asks_first,
            )
            for operation in self.operations
            if operation.offered(row) and operation.is_allowed(request, row)
        ]

    # Services open their own transactions; a host site's ATOMIC_REQUESTS must not undo what one of them recorded.
    @transaction.non_atomic_requests
    def operation_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        operation = self.find_operation(name)
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            return self.gone(request, unquote(object_id))  # type: ignore[attr-defined]
        if operation is None:
            raise Http404(f"There is no operation {name!r}.")
        if not self.has_view_permission(request, row) or not operation.is_allowed(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = self._form(operation, request, row)
        is_answer = request.method == "POST" and (not operation.asks_first or "_confirmed" in request.POST)
        if is_answer and (form is None or form.is_valid()):
            data = {} if form is None else form.cleaned_data
            if self.perform(request, operation, row, data):
                return HttpResponseRedirect(self._after(operation, row))
            if not operation.asks_first:
                return HttpResponseRedirect(links.page(self.opts.model_name, row.pk))
        return self._ask(request, operation, row, form)

    def perform(self, request: HttpRequest, operation: Operation, row: Any, data: Mapping[str, Any]) -> bool:
        """Whether it succeeded; either way the person is told."""
        try:
            told = operation.perform(request, row, data)
        except EngineError as error:
            messages.error(request, str(error)[:LONGEST_TOLD])
            return False
        self.log(request, row, operation, told)
        messages.success(request, told)
        return True

    def log(self, request: HttpRequest, row: models.Model, operation: Operation, told: str) -> None:
        self.log_change(request, row, f"{operation.label}: {told}")  # type: ignore[attr-defined]

    def _form(self, operation: Operation, request: HttpRequest, row: Any) -> forms.Form | None:
        if operation.form is None:
            return None
        if request.method == "POST" and "_confirmed" in request.POST:
            return operation.form(request.POST, request.FILES, request=request, row=row)
        return operation.form(request=request, row=row)

    def _after(self, operation: Operation, row: Any) -> str:
        if operation.leads_to is not None:
            return operation.leads_to(row)
        return links.page(self.opts.model_name, row.pk)

    def _ask(self, request: HttpRequest, operation: Operation, row: Any, form: forms.Form | None) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": operation.label,
            "subtitle": None,
            "opts": self.opts,
            "object": row,
            "operation": operation,
            "form": form,
            "back": links.page(self.opts.model_name, row.pk),
            "media": self.page_media + form.media if form else self.page_media,  # type: ignore[attr-defined]
            "heading": _("%(name)s: %(row)s") % {"name": self.opts.verbose_name, "row": row},
        }
        return TemplateResponse(request, operation.template, context)
