"""Worker credentials: issuing a token, which is shown once, and revoking it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin import links
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import badge, moment
from workflow_engine.admin.credential_forms import CredentialForm
from workflow_engine.admin.details import Fact, fields
from workflow_engine.admin.filters import ChoiceFilter
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import may, who
from workflow_engine.engine.errors import EngineError
from workflow_engine.models import WorkerCredential
from workflow_engine.models.worker_credential import USUAL_VERBS
from workflow_engine.services import credentials


def revoke(request: HttpRequest, row: WorkerCredential, data: Mapping[str, Any]) -> str:
    credentials.revoke(row.pk, user=who(request))
    return _("The credential is revoked: its token is refused from now on.")


def state_of(row: WorkerCredential, now: Any) -> tuple[str, str]:
    if row.is_revoked:
        return "bad", _("revoked")
    return ("warn", _("expired")) if row.expires is not None and row.expires <= now else ("ok", _("valid"))


class ValidFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        lives = Q(expires__isnull=True) | Q(expires__gt=clock.now())
        return {
            "valid": (_("valid"), Q(is_revoked=False) & lives),
            "invalid": (_("revoked or expired"), Q(is_revoked=True) | ~lives),
        }


@admin.register(WorkerCredential)
class WorkerCredentialAdmin(EngineAdmin):
    list_display = ("name", "state", "token_shown", "topics_shown", "user", "used", "ends", "tenants_shown")
    list_filter = (ValidFilter,)
    list_select_related = ("user",)
    search_fields = ("name", "token_prefix")
    ordering = ("name",)
    change_list_template = "admin/workflow_engine/credential_list.html"
    operations = (
        Operation(
            name="revoke",
            label=gettext_lazy("Revoke"),
            permission="manage_workers",
            perform=revoke,
            style="danger",
            bulk=True,
            offered=lambda row: not row.is_revoked,
            question=gettext_lazy("Workers with this token are refused from now on. This cannot be taken back."),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.issue_view)
        return [path("issue/", view, name="workflow_engine_workercredential_issue"), *super().get_urls()]

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        return badge(*state_of(row, row.asked_at))

    @admin.display(description=gettext_lazy("token"))
    def token_shown(self, row: WorkerCredential) -> str:
        return f"{row.token_prefix}…"

    @admin.display(description=gettext_lazy("topics"))
    def topics_shown(self, row: WorkerCredential) -> str:
        return ", ".join(map(str, row.topics)) or _("every topic")

    @admin.display(description=gettext_lazy("verbs"))
    def verbs_shown(self, row: WorkerCredential) -> str:
        if row.verbs:
            return ", ".join(row.verbs)
        return _("whatever the user may do") if row.user_id else ", ".join(USUAL_VERBS)

    @admin.display(description=gettext_lazy("tenants"))
    def tenants_shown(self, row: WorkerCredential) -> str:
        if row.tenant_ids:
            return ", ".join(map(str, row.tenant_ids))
        return _("those of the user") if row.user_id else _("none: only what has no tenant")

    @admin.display(description=gettext_lazy("last used"), ordering="last_used")
    def used(self, row: Any) -> SafeString | str:
        return moment(row.last_used, row.asked_at) if row.last_used else _("never")

    @admin.display(description=gettext_lazy("expires"), ordering="expires")
    def ends(self, row: Any) -> SafeString | str:
        return moment(row.expires, row.asked_at) if row.expires else _("never")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        can_issue = may(request, "manage_workers")
        return super().changelist_view(request, {**(extra_context or {}), "can_issue": can_issue})

    # -- the pages ---------------------------------------------------------------------------------------------------

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        return [state_of(row, row.asked_at)]

    def facts(self, request: HttpRequest, row: WorkerCredential) -> list[Fact]:
        return [
            Fact(label=_("token"), value=self.token_shown(row), kind="id"),
            Fact(label=_("topics"), value=self.topics_shown(row)),
            Fact(label=_("verbs"), value=self.verbs_shown(row)),
            Fact(label=_("permissions"), value=row.user or _("those that the verbs need")),
            Fact(label=_("tenants"), value=self.tenants_shown(row)),
            *fields(row, ("created", "expires", "last_used")),
        ]

    def issue_view(self, request: HttpRequest) -> HttpResponse:
        """The answer to the POST itself shows the token: it is stored nowhere, not even for a redirect."""
        if not may(request, "manage_workers"):
            raise PermissionDenied
        form = CredentialForm(request.POST or None, request=request)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Issue a worker credential"),
            "opts": self.opts,
            "form": form,
            "back": links.listing("workercredential"),
            "media": self.page_media + form.media,
        }
        if request.method == "POST" and form.is_valid():
            context["credential"], context["token"] = self._issued(request, form)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/workflow_engine/issue.html", context)

    def _issued(self, request: HttpRequest, form: forms.Form) -> tuple[WorkerCredential | None, str | None]:
        data = form.cleaned_data
        try:
            credential, token = credentials.issue(
                data["name"],
                topics=data["topics"],
                for_user=data["for_user"],
                tenant_ids=data["tenants"],
                verbs=data["verbs"],
                expires=data["expires"],
                user=who(request),
            )
        except EngineError as error:
            form.add_error(None, str(error))
            return None, None
        self.log_addition(request, credential, _("Issued worker credential %(name)s.") % {"name": credential})
        return credential, token
