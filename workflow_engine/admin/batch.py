"""Batches: how far each has come, and what failed in it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.batch_operations import OPERATIONS
from workflow_engine.admin.columns import badge, moment
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.filters import ChoiceFilter
from workflow_engine.admin.permissions import may
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import Batch, HistoricJobLog, Job

MOST = 50


class StateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    choices_given = {
        "running": (gettext_lazy("running"), Q(end_time__isnull=True, is_suspended=False)),
        "suspended": (gettext_lazy("suspended"), Q(end_time__isnull=True, is_suspended=True)),
        "failed": (gettext_lazy("with failures"), Q(end_time__isnull=True, failed_jobs__gt=0)),
        "ended": (gettext_lazy("ended"), Q(end_time__isnull=False)),
    }


def state_of(row: Any) -> tuple[str, str]:
    if row.end_time is not None:
        return ("ok", _("ended")) if row.remaining_jobs == 0 else ("", _("deleted"))
    if row.is_suspended:
        return "warn", _("suspended")
    return ("bad", _("with failures")) if row.failed_jobs else ("run", _("running"))


@admin.register(Batch)
class BatchAdmin(InstanceSearch, EngineAdmin):
    list_display = ("type", "state", "progress", "failed", "created", "ended", "create_user_id")
    list_filter = (StateFilter, "type")
    ordering = ("-start_time", "-id")
    id_fields = ("id",)
    text_fields = ("type", "create_user_id")
    search_help_text = gettext_lazy("Type, who created it, or the id of a batch")
    operations = OPERATIONS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        counted: QuerySet[Any] = rows.with_progress().defer("configuration")
        return counted

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        return badge(*state_of(row))

    @admin.display(description=gettext_lazy("jobs done"))
    def progress(self, row: Any) -> str:
        return _("%(done)d of %(total)d") % {"done": row.completed_jobs, "total": row.total_jobs}

    @admin.display(description=gettext_lazy("failed jobs"))
    def failed(self, row: Any) -> SafeString | str:
        return badge("bad", row.failed_jobs) if row.failed_jobs else "-"

    @admin.display(description=gettext_lazy("created"), ordering="start_time")
    def created(self, row: Any) -> SafeString | str:
        return moment(row.start_time, row.asked_at)

    @admin.display(description=gettext_lazy("ended"), ordering="end_time")
    def ended(self, row: Any) -> SafeString | str:
        return moment(row.end_time, row.asked_at)

    # -- the page ----------------------------------------------------------------------------------------------------

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        return [state_of(row)]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        names = (
            "type", "create_user_id", "start_time", "execution_start_time", "end_time", "removal_time", "jobs_created",
            "batch_jobs_per_seed", "invocations_per_batch_job", "tenant_id", "id",
        )  # fmt: skip
        return [
            Fact(label=_("jobs done"), value=self.progress(row)),
            Fact(label=_("failed jobs"), value=row.failed_jobs),
            *fields(row, names),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        if not may(request, "view_job"):
            return []
        jobs = Job.objects.filter(batch_id=row.pk)
        failed = jobs.filter(exception_message__isnull=False).defer("exception_stacktrace").order_by("retries", "id")
        log = HistoricJobLog.objects.filter(batch_id=row.pk, state="failed").order_by("-timestamp", "-pk")
        return [
            Section(
                name="failed",
                title=_("jobs that failed"),
                template="admin/workflow_engine/sections/jobs.html",
                rows=list(failed[:MOST]),
            ),
            Section(
                name="log",
                title=_("the last failures"),
                template="admin/workflow_engine/sections/job_log.html",
                rows=list(log[:MOST]),
            ),
        ]
