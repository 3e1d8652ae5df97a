"""Jobs: lists, one, and what an operator may do with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Job
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content, text_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.job.rows import JobQuery, job_json
from workflow_engine.rest.rows import find
from workflow_engine.services import management as service

VIEW = "view_job"


class JobList(ListView):
    permissions = reading(VIEW)
    query = JobQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return job_json(row)


class JobCount(CountView):
    permissions = reading(VIEW)
    query = JobQuery


class JobView(EngineView):
    permissions = {"GET": VIEW, "DELETE": "change_due_date"}

    def get(self, request: Request, job_id: str) -> HttpResponse:
        return json_answer(job_json(find(Job.objects, job_id, "Job")))

    def delete(self, request: Request, job_id: str) -> HttpResponse:
        service.delete_job(job_id, user=self.user_id)
        return no_content()


class Stacktrace(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, job_id: str) -> HttpResponse:
        return text_answer(find(Job.objects, job_id, "Job").exception_stacktrace)


class Execute(EngineView):
    permissions = {"POST": "execute_job"}

    def post(self, request: Request, job_id: str) -> HttpResponse:
        service.execute_job(job_id, user=self.user_id)
        return no_content()


class Retries(EngineView):
    permissions = {"PUT": "set_retries"}

    def put(self, request: Request, job_id: str) -> HttpResponse:
        body = self.body()
        service.set_job_retries(job_id, accepted_retries(body), due_date=body.date("dueDate"), user=self.user_id)
        return no_content()


class DueDate(EngineView):
    permissions = {"PUT": "change_due_date"}

    def put(self, request: Request, job_id: str) -> HttpResponse:
        service.set_job_due_date(job_id, self.body().date("duedate"), user=self.user_id)
        return no_content()


class RecalculateDueDate(EngineView):
    permissions = {"POST": "change_due_date"}

    def post(self, request: Request, job_id: str) -> HttpResponse:
        from_creation = self.address().boolean("creationDateBased", True)
        service.recalculate_job_due_date(job_id, from_creation=from_creation, user=self.user_id)
        return no_content()


class Suspended(EngineView):
    permissions = {"PUT": "change_due_date"}

    def put(self, request: Request, job_id: str) -> HttpResponse:
        service.set_job_suspended(job_id, self.body().boolean("suspended"), user=self.user_id)
        return no_content()


class Priority(EngineView):
    permissions = {"PUT": "change_due_date"}

    def put(self, request: Request, job_id: str) -> HttpResponse:
        priority = self.body().integer("priority", maximum=convert.LONG_MAX)
        if priority is None:
            raise RestError(f"Priority for job '{job_id[:300]}' cannot be null.", type_name="RestException")
        service.set_job_priority(job_id, priority, user=self.user_id)
        return no_content()


def accepted_retries(body: Body) -> int:
    retries = body.integer("retries", minimum=0)
    if retries is None:
        raise body.refusal("retries", "is missing")
    return int(retries)
