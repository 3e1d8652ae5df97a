"""POST /external-task/retries-async: the retries of many external tasks, by a batch."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import ExternalTask
from workflow_engine.rest.resources.batch.creating import CreateBatch, together
from workflow_engine.rest.resources.external_task.operator import accepted_retries
from workflow_engine.rest.resources.external_task.rows import ExternalTaskQuery


class Retries(CreateBatch):
    permissions = {"POST": "set_retries"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = {"retries": accepted_retries(body)}
        tasks = together(
            self.named(body, "externalTaskIds", ExternalTask, "External task"),
            self.found(body, "externalTaskQuery", ExternalTaskQuery),
            self.of_instances(self.instances(body), ExternalTask.objects.all()),
        )
        return self.created("set-external-task-retries", tasks, options)


urlpatterns = [path("external-task/retries-async", Retries.as_view())]
