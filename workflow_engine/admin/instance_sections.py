"""The parts of an instance's page below its diagram. Each is one query, shows its beginning and links to the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow_engine import models
from workflow_engine.admin import activity_tree, links, names
from workflow_engine.admin.details import Section
from workflow_engine.admin.permissions import may, may_see_values

LIMIT = 100
WHOLE = 5_000  # with ?history=all; more than that is read from the database, not from a page
TEMPLATES = "admin/workflow_engine/sections"


def of_running(request: HttpRequest, row: Any) -> list[Section]:
    found = [
        _variables(request, row),
        _section(request, row, "external-tasks", _("external tasks"), models.ExternalTask),
        _section(request, row, "user-tasks", _("user tasks"), models.UserTask),
        _section(request, row, "jobs", _("jobs: timers and asynchronous continuations"), models.Job),
        _subscriptions(request, row),
    ]
    return [_tree(row), *_named(found, row), *of_history(request, row, is_running=True)]


def of_history(request: HttpRequest, row: Any, *, is_running: bool) -> list[Section]:
    """What running and finished instances have in common."""
    found = [
        _section(request, row, "compensation", _("compensation"), models.CompensationRecord, order="sequence"),
        _called(request, row),
        _section(
            request, row, "activities", _("history of activities"), models.HistoricActivityInstance, order="-sequence"
        ),
        _past_incidents(request, row, is_running),
        _section(request, row, "operations", _("what people did"), models.UserOperationLog, order="-timestamp"),
    ]
    if not is_running:
        found.insert(0, _past_variables(request, row))
    return _named(found, row)


def _section(
    request: HttpRequest,
    row: Any,
    name: str,
    title: str,
    model: Any,
    *,
    order: str = "id",
    rows: QuerySet[Any] | None = None,
    **context: Any,
) -> Section:
    """The rows of one model, of this instance unless `rows` says otherwise; none without the permission to view them."""
    template = f"{TEMPLATES}/{name.replace('-', '_')}.html"
    if not may(request, f"view_{model._meta.model_name}"):
        return Section(name=name, title=title, template=template)
    limit = WHOLE if request.GET.get("history") == "all" else LIMIT
    wanted = model.objects.for_instance(row.pk).order_by(order) if rows is None else rows
    found = list(wanted[: limit + 1])
    more = f"?history=all#{name}" if len(found) > limit else None
    return Section(name=name, title=title, template=template, rows=found[:limit], more=more, context=context)


def _tree(row: Any) -> Section:
    lines = activity_tree.lines(row)
    template = f"{TEMPLATES}/tokens.html"
    return Section(name="tokens", title=_("where it stands"), template=template, rows=lines, is_shown_empty=True)


def _variables(request: HttpRequest, row: Any) -> Section:
    rows = models.Variable.objects.for_instance(row.pk).select_related("execution").order_by("name", "id")
    section = _section(
        request,
        row,
        "variables",
        _("variables"),
        models.Variable,
        rows=rows,
        is_shown=may_see_values(request, row),
        can_edit=may(request, "set_variables", row),
        add=links.operation("processinstance", row.pk, "add-variable"),
    )
    return replace(section, is_shown_empty=bool(section.context.get("can_edit")))


def _past_variables(request: HttpRequest, row: Any) -> Section:
    rows = models.HistoricVariableInstance.objects.for_instance(row.pk).filter(state="CREATED").order_by("name")
    is_shown = may_see_values(request, row)
    title, model = _("variables at the end"), models.HistoricVariableInstance
    return _section(request, row, "past-variables", title, model, rows=rows, is_shown=is_shown)


def _subscriptions(request: HttpRequest, row: Any) -> Section:
    """Compensation is shown by its records."""
    rows = models.EventSubscription.objects.for_instance(row.pk).exclude(event_type="compensate").order_by("id")
    return _section(request, row, "subscriptions", _("waits for events"), models.EventSubscription, rows=rows)


def _called(request: HttpRequest, row: Any) -> Section:
    every = models.HistoricProcessInstance.objects.filter(super_process_instance_id=row.pk)
    rows = every.select_related("process_definition").order_by("start_time", "id")
    return _section(request, row, "called", _("called instances"), models.HistoricProcessInstance, rows=rows)


def _past_incidents(request: HttpRequest, row: Any, is_running: bool) -> Section:
    rows = models.HistoricIncident.objects.for_instance(row.pk).order_by("-sequence")
    rows = rows.exclude(state="open") if is_running else rows
    return _section(request, row, "past-incidents", _("past incidents"), models.HistoricIncident, rows=rows)


def _named(sections: list[Section], row: Any) -> list[Section]:
    """Gives rows that know only the id of an activity its name, without a query."""
    for each in (each for section in sections for each in section.rows):
        if hasattr(each, "activity_id") and not hasattr(each, "activity_name"):
            each.activity_name = names.activity_name(row.process_definition_id, each.activity_id)
        if hasattr(each, "handler_activity_id"):
            each.handler_name = names.activity_name(row.process_definition_id, each.handler_activity_id)
    return sections
