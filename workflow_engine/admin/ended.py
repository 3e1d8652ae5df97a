"""What has ended since somebody saw it: its addresses lead to its history, which knows what was done to it while it ran."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from workflow_engine.admin import links

LOG_LINES = 100  # on one page


class EndedRows:
    """For a ModelAdmin."""

    history_name: str | None = None  # the model under which a row that is gone can still be seen
    running_name: str | None = None  # the model that the rows of a history belong to while they run
    opts: Any
    admin_site: Any

    def gone(self, request: HttpRequest, object_id: str, *, is_log: bool = False) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if self.history_name is not None and self._is_in_history(request, object_id):
            if request.method == "POST":
                messages.warning(request, _("It has ended in the meantime: nothing was changed."))
            return HttpResponseRedirect((links.log if is_log else links.page)(self.history_name, object_id))
        told = _("There is no %(name)s with the id “%(id)s” any more: it may be done, or have been taken away.")
        messages.warning(request, told % {"name": self.opts.verbose_name, "id": object_id[:300]})
        return HttpResponseRedirect(links.listing(self.opts.model_name))

    def _is_in_history(self, request: HttpRequest, object_id: str) -> bool:
        history = self.admin_site.get_model_admin(apps.get_model("workflow_engine", str(self.history_name)))
        try:
            row = history.get_object(request, object_id)
        except (ValidationError, ValueError):
            return False
        return row is not None and history.has_view_permission(request, row)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            return self.gone(request, unquote(object_id), is_log=True)
        context = {**self._logged(request, unquote(object_id)), **(extra_context or {})}
        found: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]
        return found

    def _logged(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """The lines of the log, also those that were written while it ran."""
        if self.running_name is None:
            return {}
        names = (self.opts.model_name, self.running_name)
        models = [apps.get_model("workflow_engine", name) for name in names]
        kinds = ContentType.objects.get_for_models(*models, for_concrete_models=False)
        lines = LogEntry.objects.filter(object_id=object_id, content_type__in=kinds.values())
        ordered = lines.select_related("user").order_by("action_time")
        paginator = self.get_paginator(request, ordered, LOG_LINES)  # type: ignore[attr-defined]
        shown = paginator.get_page(request.GET.get(PAGE_VAR, 1))
        return {
            "action_list": shown,
            "page_range": paginator.get_elided_page_range(shown.number),
            "pagination_required": paginator.count > LOG_LINES,
        }
