"""/history/cleanup: the job that removes history whose time to live is over."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import clock, conf
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.resources.job.rows import job_json
from workflow_engine.services import history_cleanup as service


class Cleanup(EngineView):
    permissions = {"POST": "delete_history"}

    def post(self, request: Request) -> HttpResponse:
        immediately = self.address().boolean("immediatelyDue", True)
        return json_answer(job_json(service.schedule(immediately=immediately, user=self.user_id)))


class Configuration(EngineView):
    permissions = {"GET": "view_job"}

    def get(self, request: Request) -> HttpResponse:
        start, end = service.current_or_next(clock.now()) or (None, None)
        return json_answer(
            {
                "batchWindowStartTime": format_date(start),
                "batchWindowEndTime": format_date(end),
                "enabled": conf.current().history_cleanup_enabled,
            }
        )


class OneJob(EngineView):
    permissions = {"GET": "view_job"}

    def get(self, request: Request) -> HttpResponse:
        job = service.find_job()
        if job is None:
            raise NotFound("History cleanup job does not exist", type_name="RestException")
        return json_answer(job_json(job))


class Jobs(EngineView):
    permissions = {"GET": "view_job"}

    def get(self, request: Request) -> HttpResponse:
        job = service.find_job()
        if job is None:
            raise NotFound("History cleanup jobs are empty", type_name="RestException")
        return json_answer([job_json(job)])


urlpatterns = [
    path("history/cleanup", Cleanup.as_view()),
    path("history/cleanup/configuration", Configuration.as_view()),
    path("history/cleanup/job", OneJob.as_view()),
    path("history/cleanup/jobs", Jobs.as_view()),
]
