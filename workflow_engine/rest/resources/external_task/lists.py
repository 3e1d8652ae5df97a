"""Reading external tasks."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import ExternalTask
from workflow_engine.rest.answers import json_answer, text_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.external_task.rows import ExternalTaskQuery, external_task_json
from workflow_engine.rest.rows import find

VIEW = "view_externaltask"


class ExternalTaskList(ListView):
    permissions = reading(VIEW)
    query = ExternalTaskQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return external_task_json(row)


class ExternalTaskCount(CountView):
    permissions = reading(VIEW)
    query = ExternalTaskQuery


class ExternalTaskView(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        return json_answer(external_task_json(find(ExternalTaskQuery.rows(), task_id, "External task")))


class ErrorDetails(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        return text_answer(find(ExternalTask.objects, task_id, "External task").error_details)


class TopicNames(EngineView):
    permissions = {"GET": VIEW}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        asked = request._request.GET
        names = {"withLockedTasks": "locked", "withUnlockedTasks": "notLocked", "withRetriesLeft": "withRetriesLeft"}
        query = ExternalTaskQuery({name: asked[ours] for ours, name in names.items() if ours in asked})
        return json_answer(sorted(query.queryset().order_by().values_list("topic_name", flat=True).distinct()))
