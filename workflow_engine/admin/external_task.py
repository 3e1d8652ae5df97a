"""External tasks: who holds what until when, what failed, and the operator's hand on lock, retries and priority."""

from __future__ import annotations

from collections.abc import Mapping
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
from workflow_engine.admin.forms import PriorityForm, RetriesForm
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.models import ExternalTask, HistoricExternalTaskLog
from workflow_engine.services import external_task


def set_retries(request: HttpRequest, row: ExternalTask, data: Mapping[str, Any]) -> str:
    external_task.set_retries(str(row.pk), data["retries"], user=who(request))
    if data["retries"] == 0:
        return _("No retries are left: the task waits for an operator.")
    return _("Retries set to %(retries)d: the next worker that asks for “%(topic)s” gets the task.") % {
        "retries": data["retries"],
        "topic": row.topic_name,
    }


def unlock(request: HttpRequest, row: ExternalTask, data: Mapping[str, Any]) -> str:
    external_task.unlock(str(row.pk), user=who(request))
    return _("The lock is gone: the next worker gets the task.")


def set_priority(request: HttpRequest, row: ExternalTask, data: Mapping[str, Any]) -> str:
    external_task.set_priority(str(row.pk), data["priority"], user=who(request))
    return _("Priority set to %(priority)d.") % data


class TaskStateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        now = clock.now()
        has_retries = Q(retries__isnull=True) | Q(retries__gt=0)
        is_free = Q(lock_expiration_time__isnull=True) | Q(lock_expiration_time__lte=now)
        return {
            "waiting": (_("waiting for a worker"), Q(is_suspended=False) & has_retries & is_free),
            "locked": (_("held by a worker"), Q(lock_expiration_time__gt=now)),
            "expired": (_("lock expired"), Q(lock_expiration_time__lte=now)),
            "failed": (_("no retries left"), Q(retries=0)),
            "suspended": (_("suspended"), Q(is_suspended=True)),
        }


@admin.register(ExternalTask)
class ExternalTaskAdmin(InstanceSearch, InstanceColumns, EngineAdmin):
    list_display = (
        "name", "instance_link", "activity_id", "state", "worker", "locked_until", "retries", "priority", "error", "created",
    )  # fmt: skip
    list_filter = (TaskStateFilter, DefinitionKeyFilter, "is_suspended", ActivityFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id")
    text_fields = ("topic_name", "business_key", "worker_id")
    search_help_text = gettext_lazy("Topic, business key, worker, or the id of a task or process instance")
    operations = (
        Operation(
            name="retries",
            label=gettext_lazy("Set retries"),
            permission="set_retries",
            form=RetriesForm,
            perform=set_retries,
            bulk=True,
            help=gettext_lazy("More than zero resolves the incident of a failed task."),
        ),
        Operation(
            name="unlock",
            label=gettext_lazy("Unlock"),
            permission="unlock_external_task",
            perform=unlock,
            bulk=True,
            offered=lambda row: row.worker_id is not None,
            question=gettext_lazy(
                "If its worker still works on the task, another worker will do the same work a second time, and the first one's answer will be refused."
            ),
        ),
        Operation(
            name="priority",
            label=gettext_lazy("Set priority"),
            permission="unlock_external_task",
            form=PriorityForm,
            perform=set_priority,
            bulk=True,
        ),
    )

    @admin.display(description=gettext_lazy("topic"), ordering="topic_name")
    def name(self, row: ExternalTask) -> str:
        return row.topic_name

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        return badge(*states.of_external_task(row, row.asked_at))

    @admin.display(description=gettext_lazy("worker"), ordering="worker_id", empty_value="-")
    def worker(self, row: ExternalTask) -> str | None:
        return row.worker_id

    @admin.display(description=gettext_lazy("locked until"), ordering="lock_expiration_time")
    def locked_until(self, row: Any) -> SafeString | str:
        return moment(row.lock_expiration_time, row.asked_at)

    @admin.display(description=gettext_lazy("error"))
    def error(self, row: ExternalTask) -> SafeString | str:
        return shortened(row.error_message, 80)

    @admin.display(description=gettext_lazy("created"), ordering="create_time")
    def created(self, row: Any) -> SafeString | str:
        return moment(row.create_time, row.asked_at)

    # -- the page ----------------------------------------------------------------------------------------------------

    def short_name(self, row: ExternalTask) -> str:
        return row.topic_name

    def heading(self, row: ExternalTask) -> str:
        return _("%(topic)s for %(instance)s") % {
            "topic": row.topic_name,
            "instance": instance_name(row.process_instance),
        }

    def badges(self, row: Any) -> list[tuple[str, Any]]:
        return [states.of_external_task(row, row.asked_at)]

    def trail(self, row: ExternalTask) -> list[tuple[str, str]]:
        return [(links.page("processinstance", row.process_instance_id), instance_name(row.process_instance))]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        instance = Fact(
            label=_("process instance"),
            value=instance_name(row.process_instance),
            address=links.page("processinstance", row.process_instance_id),
        )
        definition = Fact(
            label=_("process definition"),
            value=row.process_definition,
            address=links.page("processdefinition", row.process_definition_id),
        )
        names = (
            "topic_name",
            "activity_id",
            "worker_id",
            "lock_expiration_time",
            "retries",
            "deliveries",
            "priority",
            "create_time",
            "tenant_id",
            "id",
        )
        errors = fields(row, ("error_message", "error_details"), error_message="pre", error_details="pre")
        return [instance, definition, *fields(row, names), *errors]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        log = HistoricExternalTaskLog.objects.for_instance(row.process_instance_id).filter(external_task_id=row.pk)
        return [
            Section(
                name="log",
                title=_("what happened to it"),
                template="admin/workflow_engine/sections/external_task_log.html",
                rows=list(log.order_by("-sequence")[:50]),
            )
        ]
