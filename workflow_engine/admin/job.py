"""Jobs: timers and asynchronous continuations, why one failed, and running, moving or suspending it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin import links, states
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import InstanceColumns, badge, instance_name, moment, shortened
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.filters import ActivityFilter, ChoiceFilter, DefinitionKeyFilter
from workflow_engine.admin.job_operations import OPERATIONS
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import HistoricJobLog, Job
from workflow_engine.services.suspension_jobs import TIMERS


class JobStateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        now = clock.now()
        runs = Q(retries__gt=0, is_suspended=False)
        return {
            "due": (_("due"), runs & (Q(due_date__isnull=True) | Q(due_date__lte=now))),
            "later": (_("due later"), runs & Q(due_date__gt=now)),
            "running": (_("taken by a sweeper"), Q(lock_expiration_time__gt=now)),
            "failing": (_("failed, will be tried again"), runs & Q(exception_message__isnull=False)),
            "failed": (_("no retries left"), Q(retries=0)),
            "suspended": (_("suspended"), Q(is_suspended=True)),
        }


class KindFilter(ChoiceFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"
    choices_given = {
        "timer": (gettext_lazy("timers"), TIMERS),
        "async": (gettext_lazy("asynchronous continuations"), ~TIMERS),
    }


@admin.register(Job)
class JobAdmin(InstanceSearch, InstanceColumns, EngineAdmin):
    list_display = (
        "name",
        "instance_link",
        "definition_link",
        "state",
        "due",
        "retries",
        "priority",
        "error",
        "holder",
    )
    list_filter = (JobStateFilter, KindFilter, DefinitionKeyFilter, ActivityFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id")
    text_fields = ("activity_id", "process_instance__business_key")
    search_help_text = gettext_lazy("Activity, business key, or the id of a job or process instance")
    operations = OPERATIONS

    @admin.display(description=gettext_lazy("job"), ordering="activity_id")
    def name(self, row: Job) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        return badge(*states.of_job(row, row.asked_at))

    @admin.display(description=gettext_lazy("due"), ordering="due_date")
    def due(self, row: Any) -> SafeString | str:
        return moment(row.due_date or row.create_time, row.asked_at)

    @admin.display(description=gettext_lazy("error"))
    def error(self, row: Job) -> SafeString | str:
        return shortened(row.exception_message, 80)

    @admin.display(description=gettext_lazy("taken by"), ordering="lock_owner", empty_value="-")
    def holder(self, row: Job) -> str | None:
        return row.lock_owner

    # -- the page ----------------------------------------------------------------------------------------------------

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        return [states.of_job(row, row.asked_at)]

    def trail(self, row: Job) -> list[tuple[str, str]]:
        if row.batch_id is not None:
            return [(links.page("batch", row.batch_id), _("batch"))]
        if row.process_instance_id is None:
            return []
        return [(links.page("processinstance", row.process_instance_id), instance_name(row.process_instance))]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        found = []
        if row.process_instance_id is not None:
            address = links.page("processinstance", row.process_instance_id)
            found.append(Fact(label=_("process instance"), value=instance_name(row.process_instance), address=address))
        if row.process_definition_id is not None:
            address = links.page("processdefinition", row.process_definition_id)
            found.append(Fact(label=_("process definition"), value=row.process_definition, address=address))
        names = (
            "handler_type", "handler_configuration", "activity_id", "failed_activity_id", "due_date", "repeat", "retries",
            "priority", "is_exclusive", "lock_owner", "lock_expiration_time", "create_time", "tenant_id", "id",
        )  # fmt: skip
        errors = fields(
            row, ("exception_message", "exception_stacktrace"), exception_message="pre", exception_stacktrace="pre"
        )
        return [*found, *fields(row, names), *errors]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        log = HistoricJobLog.objects.filter(job_id=row.pk, partition=row.partition)
        return [
            Section(
                name="log",
                title=_("what happened to it"),
                template="admin/workflow_engine/sections/job_log.html",
                rows=list(log.order_by("-sequence")[:50]),
            )
        ]
