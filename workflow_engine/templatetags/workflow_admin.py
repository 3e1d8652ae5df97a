"""What the admin's templates need beyond Django's own tags. Formats only; asks no database, but for `workflow_overview`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from workflow_engine.admin import columns, links, moments, overview, states

register = template.Library()


@register.simple_tag
def moment(value: datetime | None, now: datetime) -> SafeString | str:
    return columns.moment(value, now)


@register.filter
def exact(value: datetime | None) -> str:
    return "" if value is None else moments.exact(value)


@register.filter
def duration(milliseconds: int | None) -> str:
    return moments.duration(milliseconds)


@register.simple_tag
def row_page(model_name: str, row_id: object) -> str:
    return links.page(model_name, row_id)


@register.simple_tag
def row_list(model_name: str, **filters: Any) -> str:
    return links.listing(model_name, **filters)


@register.simple_tag
def row_operation(model_name: str, row_id: object, name: str) -> str:
    return links.operation(model_name, row_id, name)


@register.simple_tag
def shown_value(variable: Any) -> SafeString | str:
    """The beginning of a value; whoever wants all of it opens the variable."""
    return columns.shown_value(variable)


@register.simple_tag
def external_task_state(row: Any, now: datetime) -> SafeString:
    return columns.badge(*states.of_external_task(row, now))


@register.simple_tag
def job_state(row: Any, now: datetime) -> SafeString:
    return columns.badge(*states.of_job(row, now))


@register.simple_tag(takes_context=True)
def workflow_overview(context: template.Context) -> dict[str, Any]:
    """The one tag that asks the database: Django's page of an application takes no context of ours."""
    return overview.overview(context["request"])
