"""/batch: the batches that run. Whoever has made one can watch it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.batch.rows import BatchQuery, StatisticsQuery, batch_json, statistics_json
from workflow_engine.rest.rows import find
from workflow_engine.services import batch as service

VIEW = "view_batch"


class BatchList(ListView):
    shows_own = True
    permissions = {"GET": VIEW}
    query = BatchQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return batch_json(row)


class BatchCount(CountView):
    shows_own = True
    permissions = {"GET": VIEW}
    query = BatchQuery


class Statistics(ListView):
    shows_own = True
    permissions = {"GET": VIEW}
    query = StatisticsQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return statistics_json(row)


class BatchView(EngineView):
    shows_own = True
    permissions = {"GET": VIEW, "DELETE": "delete_batch"}

    def get(self, request: Request, batch_id: str) -> HttpResponse:
        return json_answer(batch_json(find(BatchQuery.rows(), batch_id, "Batch")))

    def delete(self, request: Request, batch_id: str) -> HttpResponse:
        cascade = self.address().boolean("cascade")
        if cascade:
            self.require("delete_batch_history")
        service.delete(batch_id, cascade=cascade, user=self.user_id)
        return no_content()


class Suspended(EngineView):
    permissions = {"PUT": "suspend_batch"}

    def put(self, request: Request, batch_id: str) -> HttpResponse:
        service.set_suspended(batch_id, self.body().boolean("suspended"), user=self.user_id)
        return no_content()


urlpatterns = [
    path("batch", BatchList.as_view()),
    path("batch/count", BatchCount.as_view()),
    path("batch/statistics", Statistics.as_view()),
    path("batch/statistics/count", BatchCount.as_view()),
    path("batch/<str:batch_id>", BatchView.as_view()),
    path("batch/<str:batch_id>/suspended", Suspended.as_view()),
]
