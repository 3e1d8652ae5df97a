"""User tasks: who has what to do, taking it, giving it to somebody, completing it."""

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
from workflow_engine.admin import links, task_sections
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.columns import InstanceColumns, badge, instance_name, moment
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.filters import ChoiceFilter, DefinitionKeyFilter
from workflow_engine.admin.forms import PersonForm
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import may, may_see_values, who
from workflow_engine.admin.scopes import MOST, visible_from
from workflow_engine.admin.search import InstanceSearch
from workflow_engine.admin.variable_forms import WithNewVariables
from workflow_engine.models import IdentityLink, UserTask, Variable
from workflow_engine.services import task


def claim(request: HttpRequest, row: UserTask, data: Mapping[str, Any]) -> str:
    task.claim(str(row.pk), who(request), user=who(request))
    return _("The task is yours.")


def unclaim(request: HttpRequest, row: UserTask, data: Mapping[str, Any]) -> str:
    task.unclaim(str(row.pk), user=who(request))
    return _("The task belongs to nobody again.")


def assign(request: HttpRequest, row: UserTask, data: Mapping[str, Any]) -> str:
    task.set_assignee(str(row.pk), data["user"] or None, user=who(request))
    return _("The task is assigned to %(user)s.") % data if data["user"] else _("The task is assigned to nobody.")


def complete(request: HttpRequest, row: UserTask, data: Mapping[str, Any]) -> str:
    task.complete(str(row.pk), variables=data["variables"], user=who(request))
    return _("Task “%(name)s” is completed.") % {"name": row}


def _instance_page(row: UserTask) -> str:
    """The list, where the task belongs to no process."""
    if row.process_instance_id is None:
        return links.listing("usertask")
    return links.page("processinstance", row.process_instance_id)


class TaskFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def conditions(self) -> dict[str, tuple[Any, Q]]:
        return {
            "open": (_("assigned to nobody"), Q(assignee__isnull=True)),
            "assigned": (_("assigned"), Q(assignee__isnull=False)),
            "overdue": (_("overdue"), Q(due_date__lte=clock.now())),
        }


@admin.register(UserTask)
class UserTaskAdmin(InstanceSearch, InstanceColumns, EngineAdmin):
    list_display = ("title", "instance_link", "definition_link", "who_has_it", "due", "priority", "created")
    list_filter = (TaskFilter, DefinitionKeyFilter)
    list_select_related = ("process_instance", "process_definition")
    ordering = ("-id",)
    id_fields = ("id", "process_instance_id")
    text_fields = ("name", "assignee", "process_instance__business_key")
    search_help_text = gettext_lazy("Name, assignee, business key, or the id of a task or process instance")
    operations = (
        Operation(
            name="claim",
            label=gettext_lazy("Claim"),
            permission="complete_user_task",
            perform=claim,
            bulk=True,
            offered=lambda row: row.assignee is None,
        ),
        Operation(
            name="complete",
            label=gettext_lazy("Complete"),
            permission="complete_user_task",
            form=WithNewVariables,
            perform=complete,
            style="default",
            template="admin/workflow_engine/variables_operation.html",
            leads_to=_instance_page,
        ),
        Operation(
            name="assign",
            label=gettext_lazy("Assign"),
            permission="assign_user_task",
            form=PersonForm,
            perform=assign,
            bulk=True,
        ),
        Operation(
            name="unclaim",
            label=gettext_lazy("Give back"),
            permission="complete_user_task",
            perform=unclaim,
            offered=lambda row: row.assignee is not None,
        ),
    )

    @admin.display(description=gettext_lazy("task"), ordering="name")
    def title(self, row: UserTask) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("assignee"), ordering="assignee")
    def who_has_it(self, row: UserTask) -> SafeString | str:
        return row.assignee or badge("", _("nobody"))

    @admin.display(description=gettext_lazy("due"), ordering="due_date")
    def due(self, row: Any) -> SafeString | str:
        return moment(row.due_date, row.asked_at)

    @admin.display(description=gettext_lazy("created"), ordering="create_time")
    def created(self, row: Any) -> SafeString | str:
        return moment(row.create_time, row.asked_at)

    # -- the page ----------------------------------------------------------------------------------------------------

    def badges(self, row: UserTask) -> list[tuple[str, Any]]:
        return [("warn", _("suspended"))] if row.is_suspended else []

    def trail(self, row: UserTask) -> list[tuple[str, str]]:
        instance = row.process_instance
        return [] if instance is None else [(_instance_page(row), instance_name(instance))]

    def facts(self, request: HttpRequest, row: UserTask) -> list[Fact]:
        offered_to = IdentityLink.objects.in_partition(row.pk).filter(task_id=row.pk).exclude(type="assignee")
        names = [link.user_id or link.group_id or "" for link in offered_to[:50]]
        found = [
            self._belongs_to(row),
            *fields(
                row,
                ("assignee", "owner", "delegation_state", "create_time", "due_date", "follow_up_date", "priority"),
            ),
            *fields(row, ("task_definition_key", "tenant_id", "id", "description"), description="pre"),
        ]
        if names:
            found.insert(2, Fact(label=_("offered to"), value=", ".join(sorted(names))))
        return found

    def _belongs_to(self, row: UserTask) -> Fact:
        if row.process_instance is not None:
            name = instance_name(row.process_instance)
            return Fact(label=_("process instance"), value=name, address=_instance_page(row))
        if row.parent_task_id is not None:
            parent = links.page("usertask", row.parent_task_id)
            return Fact(label=_("parent task"), value=str(row.parent_task_id), address=parent)
        return Fact(label=_("process instance"), value=_("none: it is a standalone task"))

    def sections(self, request: HttpRequest, row: UserTask) -> list[Section]:
        return [
            Section(
                name="variables",
                title=_("variables that it sees"),
                template="admin/workflow_engine/sections/variables.html",
                rows=self._variables(row) if may(request, "view_variable") else [],
                context={"is_shown": may_see_values(request, row)},
            ),
            *task_sections.of_task(request, row),
        ]

    @staticmethod
    def _variables(row: UserTask) -> list[Variable]:
        if row.execution_id is not None:
            return visible_from(row.process_instance_id, row.execution_id)
        return list(Variable.objects.of_task(str(row.pk)).order_by("name")[:MOST])
