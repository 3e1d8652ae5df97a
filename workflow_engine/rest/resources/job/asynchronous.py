"""POST /job/retries: the retries of many jobs, by a batch."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import Job
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.batch.creating import CreateBatch, together
from workflow_engine.rest.resources.job.rows import JobQuery
from workflow_engine.rest.resources.job.views import accepted_retries


class Retries(CreateBatch):
    permissions = {"POST": "set_retries"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = retries_of_jobs(body)
        jobs = together(self.named(body, "jobIds", Job, "Job"), self.found(body, "jobQuery", JobQuery))
        return self.created("set-job-retries", jobs, options)


def retries_of_jobs(body: Body) -> dict[str, Any]:
    return {"retries": accepted_retries(body), "due_date": body.date("dueDate")}


urlpatterns = [path("job/retries", Retries.as_view())]
