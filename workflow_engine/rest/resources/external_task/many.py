"""The retries of many external tasks: at once, or by a batch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import ids
from workflow_engine.engine import commands
from workflow_engine.models import ExternalTask
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.batch.creating import CreateBatch, together
from workflow_engine.rest.resources.external_task.operator import accepted_retries
from workflow_engine.rest.resources.external_task.rows import ExternalTaskQuery
from workflow_engine.rest.rows import missing
from workflow_engine.services.visibility import visible

MAX_IDS = 1_000


class ChosenTasks(CreateBatch):
    def tasks(self, body: Body) -> Iterator[str]:
        return together(
            self.named(body, "externalTaskIds", ExternalTask, "External task"),
            self.found(body, "externalTaskQuery", ExternalTaskQuery),
            self.of_instances(self.instances(body), ExternalTask.objects.all()),
        )


class RetriesNow(ChosenTasks):
    """So many at once that a caller may wait for them; more is a batch."""

    permissions = {"PUT": "set_retries"}

    def put(self, request: Request) -> HttpResponse:
        body = self.body()
        retries = accepted_retries(body)
        task_ids = list(islice(self.tasks(body), MAX_IDS + 1))
        if not task_ids:
            raise RestError("externalTaskIds is empty: no external task was chosen.")
        if len(task_ids) > MAX_IDS:
            raise RestError(f"More than {MAX_IDS} external tasks were chosen: set their retries in a batch.")
        rows = ExternalTask.objects.filter(pk__in=[one for one in task_ids if ids.canonical(one)])
        known = set(map(str, visible(rows).values_list("pk", flat=True)))
        for task_id in task_ids:
            if task_id not in known:
                raise missing("External task", task_id)
        for task_id in sorted(task_ids):
            self.execute(commands.SetExternalTaskRetries(task_id=task_id, retries=retries))
        return no_content()


class RetriesByBatch(ChosenTasks):
    permissions = {"POST": "set_retries"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = {"retries": accepted_retries(body)}
        return self.created("set-external-task-retries", self.tasks(body), options)


urlpatterns = [
    path("external-task/retries", RetriesNow.as_view()),
    path("external-task/retries-async", RetriesByBatch.as_view()),
]
