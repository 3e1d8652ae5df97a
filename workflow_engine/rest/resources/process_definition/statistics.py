"""Running instances, failed jobs and incidents: per definition, and per activity of one definition."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Execution, Incident, Job, ProcessDefinition
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.process_definition.rows import process_definition_json
from workflow_engine.rest.resources.process_definition.views import DefinitionView
from workflow_engine.services.visibility import visible

VIEW = "view_processdefinition"
# Clients written in Java tell the two results apart by these names.
_PACKAGE = "org.camunda.bpm.engine.rest.dto.repository"


class Statistics(EngineView):
    permissions = {"GET": VIEW}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        asked = self.address()
        instances = _counts(visible(Execution.objects.filter(parent__isnull=True)), "process_definition_id")
        jobs = _failed_jobs(asked, visible(Job.objects.all()), "process_definition_id")
        incidents = _incidents(asked, visible(Incident.objects.all()), "process_definition_id")
        rows = [
            {
                "@class": f"{_PACKAGE}.ProcessDefinitionStatisticsResultDto",
                "id": definition.pk,
                "instances": instances.get(definition.pk, 0),
                "failedJobs": jobs.get(definition.pk, 0),
                "incidents": incidents.get(definition.pk, []),
                "definition": process_definition_json(definition),
            }
            for definition in visible(ProcessDefinition.objects.order_by("pk"))
        ]
        return json_answer(rows)


class ActivityStatistics(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        asked, definition = self.address(), self.definition()
        # Also those whose activity has not begun, because its job waits.
        active = visible(Execution.objects.filter(process_definition=definition, activity_id__isnull=False))
        instances = _counts(active, "activity_id")
        jobs = _failed_jobs(asked, visible(Job.objects.filter(process_definition=definition)), "activity_id")
        incidents = _incidents(asked, visible(Incident.objects.filter(process_definition=definition)), "activity_id")
        rows = [
            {
                "@class": f"{_PACKAGE}.ActivityStatisticsResultDto",
                "id": activity_id,
                "instances": instances.get(activity_id, 0),
                "failedJobs": jobs.get(activity_id, 0),
                "incidents": incidents.get(activity_id, []),
            }
            for activity_id in sorted({*instances, *jobs, *incidents} - {None})
        ]
        return json_answer(rows)


def _counts(rows: Any, by: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


def _failed_jobs(asked: Body, rows: Any, by: str) -> dict[Any, int]:
    return _counts(rows.no_retries_left(), by) if asked.boolean("failedJobs") else {}


def _incidents(asked: Body, rows: Any, by: str) -> dict[Any, list[Any]]:
    wanted, only = asked.boolean("incidents") or asked.boolean("rootIncidents"), asked.text("incidentsForType")
    if wanted and only:
        raise RestError("Only one of the query parameter includeIncidents or includeIncidentsForType can be set.")
    if not wanted and not only:
        return {}
    if only:
        rows = rows.of_type(only)
    if asked.boolean("rootIncidents"):
        rows = rows.causes()
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, kind, count in rows.order_by().values_list(by, "incident_type").annotate(Count("pk")):
        found[key].append({"incidentType": kind, "incidentCount": count})
    return found
