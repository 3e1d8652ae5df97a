"""The page of a running instance: diagram with tokens, what has stopped, and everything that belongs to it.

A fixed number of queries, whatever the instance holds: long parts show their beginning and link to the whole.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow_engine.admin import diagram, instance_sections, links, names
from workflow_engine.admin.causes import cause_of, type_name
from workflow_engine.admin.details import Fact, Section, fields
from workflow_engine.admin.permissions import may
from workflow_engine.admin.process_definition import xml_address
from workflow_engine.models import CompensationRecord, HistoricProcessInstance, Incident

MOST_VISITS = 5_000
SHOWN_INCIDENTS = 20


def facts(row: Any, history: HistoricProcessInstance | None) -> list[Fact]:
    """Of a running or a finished instance; `row` is whichever of the two the page is about."""
    definition = row.process_definition
    found = [
        Fact(label=_("process"), value=definition, address=links.page("processdefinition", definition.pk)),
        *fields(row, ("business_key",)),
    ]
    if history is not None:
        names_ = ("start_time", "start_user_id", "end_time", "delete_reason", "end_activity_id", "removal_time")
        found += fields(history, names_)
        if (again := history.restarted_process_instance_id) is not None:
            address = links.page("historicprocessinstance", again)
            found.append(Fact(label=_("restarted from"), value=again, kind="id", address=address))
    return [*found, *fields(row, ("tenant_id", "id"))]


def callers(history: HistoricProcessInstance | None) -> list[tuple[str, str]]:
    """From the root to the direct caller, for the breadcrumb. One query per level of calling."""
    found: list[tuple[str, str]] = []
    here = history
    while here is not None and here.super_process_instance_id is not None and len(found) < 20:
        here = HistoricProcessInstance.objects.by_id(here.super_process_instance_id).first()
        if here is not None:
            found.insert(0, (links.page("processinstance", here.pk), str(here)))
    return found


def drawn(row: Any, process_definition_id: str, *, is_running: bool) -> dict[str, Any]:
    """The diagram's state: tokens and incidents of a running instance, and the path behind both kinds."""
    path = diagram.visits(row.pk, MOST_VISITS)
    elements = diagram.of_instance(row.pk) if is_running else {}
    for kind, counts in (("visits", diagram.visited(path)), ("undone", _undone(row.pk))):
        for activity_id, number in counts.items():
            elements.setdefault(activity_id, {})[kind] = number
    state = {
        "elements": elements,
        "flows": diagram.taken(names.flows(process_definition_id), path),
        "names": {
            "tokens": _("%s tokens stand here"),
            "incidents": _("%s open incidents"),
            "visits": _("completed %s times"),
            "undone": _("undone %s times"),
        },
        "links": {"incidents": "#incidents"} if is_running else {},
    }
    return {"xml": xml_address(process_definition_id), "state": state, "has_path": True, "is_over": not is_running}


def _undone(process_instance_id: Any) -> dict[str, int]:
    records = CompensationRecord.objects.for_instance(process_instance_id).filter(state="compensated")
    found: dict[str, int] = {}
    for activity_id in records.values_list("activity_id", flat=True):
        if activity_id is not None:
            found[activity_id] = found.get(activity_id, 0) + 1
    return found


class InstancePage:
    """For the admin of running instances."""

    admin_site: Any

    def heading(self, row: Any) -> str:
        name = row.process_definition.name or row.process_definition.key
        return f"{name}: {row.business_key}" if row.business_key else str(name)

    def trail(self, row: Any) -> list[tuple[str, str]]:
        return callers(self._history(row))

    def instance_facts(self, row: Any) -> list[Fact]:
        return facts(row, self._history(row))

    def instance_sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return instance_sections.of_running(request, row)

    def _history(self, row: Any) -> HistoricProcessInstance | None:
        """Asked once for one page; None where the history level is "none"."""
        if not hasattr(row, "known_history"):
            row.known_history = HistoricProcessInstance.objects.by_id(row.pk).first()
        found: HistoricProcessInstance | None = row.known_history
        return found

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            **super().page_context(request, row),  # type: ignore[misc]
            "diagram": drawn(row, row.process_definition_id, is_running=True),
            "stopped": self._stopped(request, row),
            "refresh": _seconds(request),
            "can_add_variable": may(request, "set_variables", row),
        }

    def _stopped(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Open incidents with the buttons that resolve them, the newest first."""
        admin = self.admin_site.get_model_admin(Incident)
        if not admin.has_view_permission(request):
            return []
        found = Incident.objects.for_instance(row.pk).order_by("-id")[:SHOWN_INCIDENTS]
        return [
            {
                "incident": incident,
                "name": names.activity_name(
                    row.process_definition_id, incident.failed_activity_id or incident.activity_id
                ),
                "kind": type_name(incident.incident_type),
                "cause": cause_of(incident),
                "buttons": admin.buttons(request, incident),
            }
            for incident in found
        ]


def _seconds(request: HttpRequest) -> int | None:
    """Of `?refresh=5`: reading the page anew is asked for by whoever watches it."""
    given = request.GET.get("refresh", "")
    return max(2, min(int(given), 3600)) if given.isascii() and given.isdigit() and len(given) < 6 else None
