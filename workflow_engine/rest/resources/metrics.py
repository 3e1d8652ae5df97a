"""/metrics: how much the engine has done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import NotFound, RestError
from workflow_engine.services import metrics as service

VIEW = "view_meterlog"
MAX_ROWS = 200
DEFAULT_INTERVAL = 15 * 60
LONGEST_INTERVAL = 100 * 366 * 24 * 60 * 60


class Intervals(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request) -> HttpResponse:
        asked = self.address()
        name = asked.text("name")
        if name is not None and name not in service.NAMES:
            raise RestError(unknown(name))
        most = asked.integer("maxResults", MAX_ROWS, minimum=0)
        if most > MAX_ROWS:
            raise RestError(f"Metrics interval query row limit can't be set larger than {MAX_ROWS}.")
        found = service.intervals(
            seconds=asked.integer("interval", DEFAULT_INTERVAL, minimum=1, maximum=LONGEST_INTERVAL),
            name=name,
            reporter=asked.text("reporter"),
            start=asked.date("startDate"),
            end=asked.date("endDate"),
            together=asked.boolean("aggregateByReporter"),
            first=asked.integer("firstResult", 0, minimum=0),
            most=most,
        )
        return json_answer([interval_json(interval) for interval in found])


class Sum(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, name: str) -> HttpResponse:
        if name not in service.NAMES:
            raise NotFound(unknown(name))
        asked = self.address()
        result = service.total(name, start=asked.date("startDate"), end=asked.date("endDate"))
        return json_answer({"result": result})


class TaskWorkers(EngineView):
    permissions = {"DELETE": "delete_task_metrics"}

    def delete(self, request: Request) -> HttpResponse:
        service.delete_task_metrics(self.address().date("date"), user=self.user_id)
        return no_content()


def interval_json(interval: service.Interval) -> dict[str, Any]:
    return {
        "timestamp": format_date(interval.start),
        "name": interval.name,
        "reporter": interval.reporter,
        "value": interval.value,
    }


def unknown(name: str) -> str:
    return f"There is no metric {convert.shown(name)}: the metrics are {', '.join(sorted(service.NAMES))}."


urlpatterns = [
    path("metrics", Intervals.as_view()),
    path("metrics/task-worker", TaskWorkers.as_view()),
    path("metrics/<str:name>/sum", Sum.as_view()),
]
