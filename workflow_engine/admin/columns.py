"""Columns that several lists share. Each reads what the list's query already brought; none asks the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links, typed_values
from workflow_engine.admin.moments import told


def badge(colour: str, text: object) -> SafeString:
    return format_html('<span class="wf-badge wf-badge-{}">{}</span>', colour, text)


def moment(value: datetime | None, now: datetime) -> SafeString | str:
    """When, and how far away that is by the engine's clock."""
    if value is None:
        return "-"
    exact, relative = told(value, now)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, relative)


def shortened(text: str | None, length: int = 120) -> SafeString | str:
    """One line; the whole text stands on the row's page."""
    line = " ".join((text or "").split())
    if not line:
        return "-"
    return format_html('<span class="wf-line" title="{}">{}</span>', line[:1000], truncatechars(line, length))


def instance_name(row: Any) -> str:
    """Of a process instance that another row refers to, which is an execution then: its business key, else its id."""
    return str(row.business_key or row.pk)


class InstanceColumns:
    """For rows with `process_instance` and `process_definition`, both brought by `list_select_related`."""

    @admin.display(description=gettext_lazy("process instance"))
    def instance_link(self, row: Any) -> SafeString | str:
        if getattr(row, "batch_id", None) is not None:
            return links.link(links.page("batch", row.batch_id), _("(batch)"))
        if row.process_instance_id is None:
            return "-" if row.process_definition_id is None else _("(start event)")
        return links.link(links.page("processinstance", row.process_instance_id), instance_name(row.process_instance))

    def row_name(self, row: Any) -> str:
        instance = row.process_instance
        return str(row) if instance is None else f"{instance_name(instance)}: {self.short_name(row)}"

    def short_name(self, row: Any) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("process definition"), ordering="process_definition__key")
    def definition_link(self, row: Any) -> SafeString | str:
        if row.process_definition_id is None:
            return "-"
        return links.link(links.page("processdefinition", row.process_definition_id), row.process_definition)


def shown_value(variable: Any) -> SafeString | str:
    if variable.type_name == "Null":
        return badge("", "null")
    return shortened(typed_values.text_of(variable.value), 160)
